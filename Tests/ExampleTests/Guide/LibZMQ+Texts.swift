import LibZMQ
import Testing

extension LibZMQ.Socket {
    /// The next message, frame by frame.
    func frames() throws -> [[UInt8]] {
        try #require(try receive(timeout: Peers.patience))
    }

    /// The next message, frame by frame, as text.
    func texts() throws -> [String] {
        try frames().map { String(decoding: $0, as: UTF8.self) }
    }

    /// Sends a message whose frames are given as text.
    func send(texts: [String]) throws {
        try send(texts.map { Array($0.utf8) })
    }

    /// Sends an answer with the envelope of a message that a ROUTER received.
    func answer(_ request: [[UInt8]], _ texts: String...) throws {
        let delimiter = try #require(request.firstIndex(of: []))
        try send(request[...delimiter] + texts.map { Array($0.utf8) })
    }
}
