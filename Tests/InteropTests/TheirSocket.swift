import LibZMQ
import Testing
import ZeroMQ

/// Runs a test with a context of libzmq's and one of ours, both of which are gone afterwards.
func withBothLibraries(_ body: (Libraries) throws -> Void) throws {
    let libraries = try Libraries()
    defer { libraries.end() }
    try body(libraries)
}

/// Sockets of libzmq's, and a context for our own.
final class Libraries {
    let context = Context()
    private let theirs: LibZMQ.Context
    private var sockets: [LibZMQ.Socket] = []

    init() throws { theirs = try LibZMQ.load().makeContext() }

    func socket(_ kind: LibZMQ.Kind) throws -> LibZMQ.Socket {
        let socket = try theirs.socket(kind)
        try socket.set(.linger, 0)
        try socket.set(.sendTimeout, 10_000)
        sockets.append(socket)
        return socket
    }

    func close(_ socket: LibZMQ.Socket) {
        sockets.removeAll { $0 === socket }
        socket.close()
    }

    func end() {
        for socket in sockets { socket.close() }
        try? theirs.terminate()
        context.shutDown()
    }
}

extension LibZMQ.Socket {
    /// The next message, which must come, as texts.
    func next() throws -> [String] {
        let message = try #require(try receive(timeout: .seconds(10)))
        return message.map { String(decoding: $0, as: UTF8.self) }
    }

    func send(texts: String...) throws { try send(texts.map { Array($0.utf8) }) }
}

extension ReceivingSocket {
    /// The next message, which must come, as texts.
    func nextTexts() throws -> [String] {
        try receive(timeout: .seconds(10)).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension SocketEvents {
    /// Takes events until one is as wanted; nil if none came.
    func first(where isWanted: (SocketEvent) -> Bool) -> SocketEvent? {
        while let event = next(timeout: .seconds(10)) {
            if isWanted(event) { return event }
        }
        return nil
    }
}
