internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Options in the terms of the layers below.
extension SocketOptions {
    var protocolLimits: ProtocolLimits {
        var limits = ProtocolLimits()
        limits.frame = maximumFrameSize.octets
        limits.message = maximumMessageSize.octets
        return limits
    }

    var descriptorOptions: DescriptorOptions {
        var options = DescriptorOptions()
        options.sendBuffer = sendBufferSize
        options.receiveBuffer = receiveBufferSize
        options.typeOfService = typeOfService
        options.keepAlive.isEnabled = tcpKeepAlive.isEnabled
        options.keepAlive.idle = tcpKeepAlive.idle
        options.keepAlive.interval = tcpKeepAlive.interval
        options.keepAlive.count = tcpKeepAlive.count
        options.maximumRetransmit = tcpMaxRetransmit
        options.boundDevice = bindToDevice
        return options
    }

    var kernelBacklog: Int32 { Int32(clamping: backlog) }
}

extension Limit {
    /// The limit of a queue, where 0 stands for unlimited.
    var messages: Int {
        switch self {
        case .unlimited: 0
        case .count(let count): max(0, count)
        }
    }

    /// The limit of a size, where nil stands for unlimited.
    var octets: Int? {
        switch self {
        case .unlimited: nil
        case .count(let count): count
        }
    }
}
