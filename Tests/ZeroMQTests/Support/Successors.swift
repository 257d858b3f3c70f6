import Testing
import ZeroMQ
import ZeroMQTestSupport

/// Peers that serve one endpoint one after the other, and a socket that connects to it.
///
/// Each is another socket, as it would be in another process: it shares nothing with the one before
/// but the endpoint.
struct Successors<Peer: Socket> {
    private let make: () -> Peer
    private(set) var endpoint: Endpoint?

    init(_ make: @escaping () -> Peer) { self.make = make }

    /// Binds the next one.
    mutating func next(
        at first: String,
        _ prepare: (Peer) throws -> Void = { _ in }
    ) throws -> Peer {
        let peer = make()
        peer.linger = .discard
        try prepare(peer)
        if let endpoint {
            let isBound = eventually { (try? peer.bind(endpoint)) != nil }
            try #require(isBound, "the endpoint did not come free")
        } else {
            endpoint = try peer.bind(first)
        }
        return peer
    }
}

/// Has a socket come back to its endpoint quickly.
func comesBackQuickly(_ socket: some Socket) {
    socket.options.reconnect = .backoff(from: .milliseconds(2), upTo: .milliseconds(20))
    socket.linger = .discard
}

/// Waits until a socket has noticed that its peers have gone.
func waitUntilAlone(_ socket: some Socket) {
    #expect(eventually { socket.peerCount == 0 }, "the peer's end was not noticed")
}

/// Waits until something is so; false if it is not in time.
func eventually(_ isSo: () throws -> Bool) rethrows -> Bool {
    let end = ContinuousClock.now + enough
    while ContinuousClock.now < end {
        if try isSo() { return true }
        letPass(.milliseconds(1))
    }
    return try isSo()
}
