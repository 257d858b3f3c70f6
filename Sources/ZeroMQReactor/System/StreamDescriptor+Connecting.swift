internal import CLibrary

extension StreamDescriptor {
    /// A connecting socket, and whether the peer has yet to answer.
    package typealias Attempt = (stream: StreamDescriptor, isInProgress: Bool)

    /// Begins to connect; if in progress, wait for writability and call `finishConnect()`.
    package static func connect(
        to peer: SocketAddress,
        from source: SocketAddress? = nil,
        options: DescriptorOptions = DescriptorOptions()
    ) throws(SystemError) -> Attempt {
        let socket = try Kernel.streamSocket(family: peer.family)
        let stream = StreamDescriptor(owning: socket)
        try options.apply(to: stream.descriptor, address: peer)
        if options.removesPacing, peer.isLoopback {
            _ = LocalPacing.remove(from: stream.descriptor)
        }
        if let source {
            try bind(stream, to: source)
        }
        let status = peer.withKernelAddress { CLibrary.connect(stream.descriptor, $0, $1) }
        if status == 0 { return (stream, false) }
        let error = SystemError.current
        // An interrupted attempt continues by itself; a second call would only report "already".
        guard error.errno == EINPROGRESS || error.errno == EINTR else { throw error }
        return (stream, true)
    }

    private static func bind(
        _ stream: StreamDescriptor,
        to source: SocketAddress
    ) throws(SystemError) {
        if source.isInternet {
            try Kernel.setOption(stream.descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        }
        _ = try checked { source.withKernelAddress { CLibrary.bind(stream.descriptor, $0, $1) } }
    }

    package func finishConnect() -> SystemError? {
        guard let error = Kernel.option(descriptor, SOL_SOCKET, SO_ERROR) else {
            return SystemError.current
        }
        return error == 0 ? nil : SystemError(errno: error)
    }

    /// The address of this end.
    package var localAddress: SocketAddress? { .localAddress(of: descriptor) }

    /// The address of the other end.
    package var peerAddress: SocketAddress? { .peerAddress(of: descriptor) }

    package var isSelfConnected: Bool {
        // Connecting to a free local port may choose that very port as the source. TCP then takes
        // the attempt for a simultaneous open, and connects the socket to itself.
        guard let local = localAddress, local.isInternet, let peer = peerAddress else {
            return false
        }
        return local == peer
    }
}
