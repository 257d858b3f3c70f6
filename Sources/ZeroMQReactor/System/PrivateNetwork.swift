internal import CLibrary

/// A network inside the process with one listener: pairs of sockets that no other code can reach.
package final class PrivateNetwork: Network {
    private let listener = Locked<PrivateListener?>(nil)

    package init() {}

    package func makeSelector() throws(SystemError) -> any Selector { try EpollSelector() }

    package func listen(
        on address: SocketAddress,
        backlog: Int32,
        options: DescriptorOptions
    ) throws(SystemError) -> any ListeningChannel {
        let made = try PrivateListener()
        listener.withLock { $0 = made }
        return made
    }

    package func connect(
        to peer: SocketAddress,
        from source: SocketAddress?,
        options: DescriptorOptions
    ) throws(SystemError) -> ConnectAttempt {
        guard let listener = listener.withLock({ $0 }) else { throw .connectionRefused }
        let ends = try StreamDescriptor.pair()
        try listener.welcome(ends.1)
        // The connection is already made; the loop finds that out as with any other.
        return (ends.0, true)
    }
}

/// Announces connections by a byte on a pair of sockets, so that its descriptor becomes readable.
private final class PrivateListener: ListeningChannel {
    private let bell: (inside: StreamDescriptor, outside: StreamDescriptor)
    private let waiting = Locked<(isOpen: Bool, streams: [StreamDescriptor])>((true, []))

    init() throws(SystemError) { bell = try StreamDescriptor.pair() }

    var descriptor: Int32 { bell.inside.descriptor }
    var localAddress: SocketAddress? { nil }

    func welcome(_ stream: StreamDescriptor) throws(SystemError) {
        let isOpen = waiting.withLock { waiting in
            if waiting.isOpen { waiting.streams.append(stream) }
            return waiting.isOpen
        }
        guard isOpen else { throw .connectionRefused }
        _ = [UInt8(1)].withUnsafeBytes { bell.outside.send($0) }
    }

    func accept() -> AcceptResult {
        var rung = [UInt8](repeating: 0, count: 64)
        _ = rung.withUnsafeMutableBytes { bell.inside.receive(into: $0) }
        let stream = waiting.withLock { $0.streams.isEmpty ? nil : $0.streams.removeFirst() }
        return stream.map { .accepted($0, nil) } ?? .wouldBlock
    }

    func close() {
        waiting.withLock { $0 = (false, []) }
        bell.inside.close()
        bell.outside.close()
    }
}

extension StreamDescriptor {
    /// The two ends of a connection.
    static func pair() throws(SystemError) -> (StreamDescriptor, StreamDescriptor) {
        var ends: [Int32] = [-1, -1]
        try checked { socketpair(AF_UNIX, Kernel.streamType, 0, &ends) }
        return (
            StreamDescriptor(owning: FileDescriptor(owning: ends[0])),
            StreamDescriptor(owning: FileDescriptor(owning: ends[1]))
        )
    }
}
