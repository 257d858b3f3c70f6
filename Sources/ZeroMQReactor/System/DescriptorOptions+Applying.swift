internal import CLibrary

extension DescriptorOptions {
    /// Sets the options on a socket that will be used with an address of this family.
    func apply(to descriptor: Int32, address: SocketAddress) throws(SystemError) {
        // Buffers come first: TCP fixes its window scale when it connects or listens.
        if let sendBuffer {
            try set(descriptor, SOL_SOCKET, SO_SNDBUF, sendBuffer)
        }
        if let receiveBuffer {
            try set(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBuffer)
        }
        guard address.isInternet else { return }
        if address.isIPv6, let ipv6Only {
            try set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, ipv6Only ? 1 : 0)
        }
        if let typeOfService {
            try applyTypeOfService(typeOfService, to: descriptor, isIPv6: address.isIPv6)
        }
        if let priority {
            try set(descriptor, SOL_SOCKET, SO_PRIORITY, priority)
        }
        if let busyPoll {
            try set(descriptor, SOL_SOCKET, SO_BUSY_POLL, busyPoll.wholeMicroseconds)
        }
        if let boundDevice {
            try bind(descriptor, toDevice: boundDevice)
        }
        try applyTCP(to: descriptor)
        if let congestionControl {
            try Kernel.setCongestionControl(of: descriptor, to: congestionControl)
        }
    }

    /// Whether pacing is to be removed from connections that stay on this machine.
    var removesPacing: Bool { congestionControl == nil && !pacesLocally }

    private func applyTCP(to descriptor: Int32) throws(SystemError) {
        let tcp = Int32(IPPROTO_TCP)
        if noDelay {
            try set(descriptor, tcp, TCP_NODELAY, 1)
        }
        if let maximumRetransmit {
            try set(descriptor, tcp, TCP_USER_TIMEOUT, maximumRetransmit.wholeMilliseconds)
        }
        if let isEnabled = keepAlive.isEnabled {
            try set(descriptor, SOL_SOCKET, SO_KEEPALIVE, isEnabled ? 1 : 0)
        }
        guard keepAlive.isEnabled == true else { return }
        if let idle = keepAlive.idle {
            try set(descriptor, tcp, TCP_KEEPIDLE, idle.wholeSeconds)
        }
        if let interval = keepAlive.interval {
            try set(descriptor, tcp, TCP_KEEPINTVL, interval.wholeSeconds)
        }
        if let count = keepAlive.count {
            try set(descriptor, tcp, TCP_KEEPCNT, count)
        }
    }

    private func applyTypeOfService(
        _ value: Int,
        to descriptor: Int32,
        isIPv6: Bool
    ) throws(SystemError) {
        if isIPv6 {
            try set(descriptor, Int32(IPPROTO_IPV6), IPV6_TCLASS, value)
        }
        do throws(SystemError) {
            try set(descriptor, Int32(IPPROTO_IP), IP_TOS, value)
        } catch {
            // An IPv6 socket needs this option only for its IPv4-mapped peers.
            guard isIPv6 else { throw error }
        }
    }

    private func bind(_ descriptor: Int32, toDevice name: String) throws(SystemError) {
        guard name.utf8.count < Int(IF_NAMESIZE), !name.utf8.contains(0) else {
            throw SystemError(errno: ENODEV)
        }
        var bytes = Array(name.utf8)
        let size = socklen_t(bytes.count)
        try checked { setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, &bytes, size) }
    }

    private func set(
        _ descriptor: Int32,
        _ level: Int32,
        _ name: Int32,
        _ value: Int
    ) throws(SystemError) {
        try Kernel.setOption(descriptor, level, name, Int32(clamping: value))
    }
}

extension Duration {
    /// This duration in seconds, rounded up so that a short one does not become "never".
    fileprivate var wholeSeconds: Int { roundedUp(to: 1_000_000_000) }

    /// This duration in microseconds, rounded up.
    fileprivate var wholeMicroseconds: Int { roundedUp(to: 1_000) }

    /// This duration in milliseconds, rounded up.
    fileprivate var wholeMilliseconds: Int { roundedUp(to: 1_000_000) }

    private func roundedUp(to unit: Int64) -> Int {
        let nanoseconds = nanoseconds
        return Int(clamping: nanoseconds > 0 ? (nanoseconds - 1) / unit + 1 : nanoseconds / unit)
    }
}
