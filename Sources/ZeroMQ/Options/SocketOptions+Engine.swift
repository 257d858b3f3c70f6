internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Options in the terms of the layers below.
extension SocketOptions {
    var protocolLimits: ProtocolLimits {
        var limits = ProtocolLimits()
        limits.frame = maximumFrameSize.bytes
        limits.message = maximumMessageSize.bytes
        limits.partsPerMessage = mostParts
        return limits
    }

    /// How many parts a message may have.
    var mostParts: Int { maximumMessageParts.bytes ?? .max }

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
        options.congestionControl = congestionControl.name
        options.pacesLocally = congestionControl == .system
        options.boundDevice = bindToDevice
        options.priority = packetPriority
        options.busyPoll = busyPoll
        return options
    }

    /// The application's own properties, in an order that does not change.
    var metadataProperties: [MetadataProperty] {
        applicationMetadata.sorted { $0.key < $1.key }.map {
            MetadataProperty(name: $0.key, value: Array($0.value))
        }
    }

    /// Where to connect to in order to reach an endpoint: the endpoint, or the proxy.
    func dialled(_ endpoint: Endpoint) -> Endpoint {
        guard let socksProxy, case .tcp = endpoint.address else { return endpoint }
        return .tcp(socksProxy.host, port: socksProxy.port)
    }

    /// What to say to the proxy; nil if there is none on the way to the endpoint.
    func dialogue(for endpoint: Endpoint) -> SOCKSDialogue? {
        guard let socksProxy, case .tcp(let address) = endpoint.address,
            case .text(let host) = address.host
        else { return nil }
        return SOCKSDialogue(proxy: socksProxy, host: host, port: address.port.portNumber)
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
    var bytes: Int? {
        switch self {
        case .unlimited: nil
        case .count(let count): count
        }
    }
}
