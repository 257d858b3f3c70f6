import LibZMQ
import Testing

/// Sockets of libzmq, which play the roles opposite to an example's.
final class Peers {
    /// How long a test waits for what has to happen, on a machine that may be busy.
    static let patience = Duration.seconds(30)

    private let context: LibZMQ.Context
    private var sockets: [LibZMQ.Socket] = []

    private init() throws {
        context = try LibZMQ.load().makeContext()
    }

    /// Runs a test with sockets that are closed afterwards, however it ends.
    static func use(_ body: (Peers) throws -> Void) throws {
        let peers = try Peers()
        defer {
            for socket in peers.sockets { socket.close() }
            try? peers.context.terminate()
        }
        try body(peers)
    }

    /// Makes a socket; a subscriber subscribes to the given topic.
    func socket(_ kind: LibZMQ.Kind, topic: String = "") throws -> LibZMQ.Socket {
        let socket = try context.socket(kind)
        sockets.append(socket)
        try socket.set(.linger, 0)
        try socket.set(.sendTimeout, 30_000)
        if kind == .subscriber { try socket.set(.subscribe, topic) }
        return socket
    }

    /// Makes a socket that is bound to a port of the system's choice.
    func bound(_ kind: LibZMQ.Kind) throws -> (socket: LibZMQ.Socket, endpoint: String) {
        let socket = try socket(kind)
        return (socket, try socket.bind("tcp://127.0.0.1:*"))
    }

    /// Makes a socket that is connected to an example, and returns once the two have met.
    func connected(
        _ kind: LibZMQ.Kind,
        to endpoint: String,
        topic: String = ""
    ) throws -> LibZMQ.Socket {
        let socket = try socket(kind, topic: topic)
        let handshakes = try handshakes(of: socket)
        try socket.connect(endpoint)
        try handshakes.waitForOne()
        return socket
    }

    /// Two ports that were free a moment ago, for an example to bind.
    func freeEndpoints() throws -> (String, String) {
        let context = try LibZMQ.load().makeContext()
        let sockets = [try context.socket(.pair), try context.socket(.pair)]
        let endpoints = try sockets.map { try $0.bind("tcp://127.0.0.1:*") }
        for socket in sockets { socket.close() }
        // Only now is it certain that nobody listens there any more.
        try context.terminate()
        return (endpoints[0], endpoints[1])
    }

    /// Makes the handshakes of a socket known from now on.
    func handshakes(of socket: LibZMQ.Socket) throws -> Handshakes {
        let endpoint = "inproc://handshakes-\(sockets.count)"
        try socket.monitor(at: endpoint, events: .handshakeSucceeded)
        let events = try self.socket(.pair)
        try events.connect(endpoint)
        return Handshakes(events: events)
    }

    /// The handshakes that a socket has completed.
    struct Handshakes {
        let events: LibZMQ.Socket

        func waitForOne() throws {
            _ = try #require(try events.receive(timeout: Peers.patience))
        }
    }
}

extension LibZMQ.Socket {
    /// The next message of one frame, as text.
    func text() throws -> String {
        let message = try #require(try receive(timeout: Peers.patience))
        try #require(message.count == 1)
        return String(decoding: message[0], as: UTF8.self)
    }
}
