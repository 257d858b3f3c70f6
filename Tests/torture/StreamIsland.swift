import Glibc
import Synchronization
import ZeroMQ

extension Island {
    /// STREAM to STREAM: bytes in both directions at once, all of them and in order.
    func streaming(_ dice: inout Dice) throws -> Int {
        let (server, client) = (StreamSocket(context: context), StreamSocket(context: context))
        for socket in [server, client] { prepare(socket, binds: socket === server) }
        try client.connect(server.bind(endpoint()))
        let ends = try [server, client].map { socket in
            let message = try during("waits for the connection") {
                try socket.receive(timeout: Self.patience)
            }
            try expect(message.count == 2 && message[1].isEmpty, "the connection is not told")
            return StreamEnd(socket: socket, peer: message[0])
        }
        let crew = Crew()
        let totals = [Total(), Total()]
        for (index, total) in totals.enumerated() {
            let (from, to, choices) = (ends[index], ends[1 - index], dice.next())
            try crew.start("sender \(index)") { try pour(into: from, total, Dice(seed: choices)) }
            try crew.start("receiver \(index)") { try drain(to, total) }
        }
        crew.join()
        try expect(try client.trySend([ends[1].peer, ""]), "a close is refused")
        let last = try during("waits for the end") { try server.receive(timeout: Self.patience) }
        try expect(last.count == 2 && last[1].isEmpty, "\(last) instead of the end")
        for socket in [server, client] { _ = close(socket, linger: .discard) }
        return totals.reduce(0) { $0 + $1.pieces }
    }

    private func pour(into end: StreamEnd, _ total: Total, _ dice: Dice) throws {
        var dice = dice
        var sent = 0
        while sent == 0 || (sent < bytesPerSender && !isOver) {
            let bytes = Payload.piece(at: sent, dice.number(1...(1 << dice.number(0...20))))
            try during("sends from byte", UInt64(sent)) {
                try end.socket.send([end.peer, Frame(copying: bytes)], timeout: Self.patience)
            }
            sent += bytes.count
        }
        total.end(at: sent)
    }

    private func drain(_ end: StreamEnd, _ total: Total) throws {
        var received = 0
        while try !total.isReached(by: received) {
            _ = try arrives {
                let message = try end.socket.receive(timeout: Self.pause)
                try expect(message.count == 2 && message[0] == end.peer, "\(message.count) parts")
                let isRight = Payload.isPiece(message[1], at: received)
                try expect(isRight, "bytes from \(received) on are not what was sent")
                received += message[1].count
                total.notePiece()
            }
        }
    }
}

/// One end of a connection of raw bytes.
private struct StreamEnd {
    let socket: StreamSocket
    let peer: Frame
}

/// How many bytes there are in all, once that is known.
private final class Total: Sendable {
    private let state = Mutex((bytes: Int?.none, pieces: 0, since: ContinuousClock.now))

    func end(at bytes: Int) { state.withLock { $0 = (bytes, $0.pieces, .now) } }
    func notePiece() { state.withLock { $0 = ($0.bytes, $0.pieces + 1, .now) } }
    var pieces: Int { state.withLock { $0.pieces } }

    func isReached(by received: Int) throws(Failure) -> Bool {
        try state.withLock { state throws(Failure) in
            guard let bytes = state.bytes else { return false }
            let isInTime = ContinuousClock.now < state.since + Island.patience
            try expect(isInTime, "\(received) of \(bytes) bytes have come, and no more come")
            return received == bytes
        }
    }
}
