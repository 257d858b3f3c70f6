import Glibc
import Synchronization
import ZeroMQ

/// Everybody who is at work on the island, and its sockets: for the words of a failure.
final class Roster: Sendable {
    static let shared = Roster()

    private struct NamedSocket {
        let name: String
        // Weak, so that listing a socket does not keep it alive.
        weak var socket: (any Socket)?
    }

    private struct State {
        var place = "before the first island"
        var desks: [ObjectIdentifier: Desk] = [:]
        var sockets: [NamedSocket] = []
        var hasFailed = false
    }

    private let state = Mutex(State())

    var place: String { state.withLock { $0.place } }

    /// Another island begins.
    func open(_ place: String) {
        state.withLock { state in
            state.place = place
            state.sockets = []
        }
    }

    func enter(_ desk: Desk) { state.withLock { $0.desks[ObjectIdentifier(desk)] = desk } }
    func leave(_ desk: Desk) { state.withLock { $0.desks[ObjectIdentifier(desk)] = nil } }

    func list(_ socket: some Socket) {
        state.withLock { state in
            let name = "\(type(of: socket)) \(state.sockets.count)"
            state.sockets.append(NamedSocket(name: name, socket: socket))
        }
    }

    func isFirstToFail() -> Bool {
        state.withLock { state in
            defer { state.hasFailed = true }
            return !state.hasFailed
        }
    }

    /// Whoever has been at one thing since before `instant`.
    func stuck(since instant: ContinuousClock.Instant) -> String? {
        state.withLock { Array($0.desks.values) }
            .first { $0.busySince.map { $0 < instant } ?? false }?.description
    }

    /// Says what everybody is at, and what the sockets have counted.
    func report() {
        let (desks, sockets) = state.withLock { (Array($0.desks.values), $0.sockets) }
        for line in desks.map(\.description).sorted() { say("torture:   \(line)") }
        // A socket whose gate nobody leaves cannot be asked: each is asked by a thread of its own.
        let answers = Answers(sockets.map(\.name))
        for named in sockets {
            guard let socket = named.socket else {
                answers.note(named.name, "is gone")
                continue
            }
            let name = named.name
            try? Crew().start("a question") {
                answers.note(name, Self.words(socket.statistics))
            }
        }
        let last = ContinuousClock.now + .seconds(5)
        while !answers.areComplete, ContinuousClock.now < last { usleep(10_000) }
        for line in answers.lines { say("torture:   \(line)") }
    }

    private static func words(_ statistics: SocketStatistics) -> String {
        "peers \(statistics.peers), sent \(statistics.messagesSent), "
            + "to be sent \(statistics.messagesQueuedToSend), "
            + "received \(statistics.messagesReceived), "
            + "to be received \(statistics.messagesQueuedToReceive), "
            + "dropped \(statistics.dropped), reconnects \(statistics.reconnects)"
    }
}

/// What the sockets have answered.
private final class Answers: Sendable {
    private let answers: Mutex<[String: String]>
    private let names: [String]

    init(_ names: [String]) {
        self.names = names
        answers = Mutex([:])
    }

    func note(_ name: String, _ words: String) { answers.withLock { $0[name] = words } }

    var areComplete: Bool { answers.withLock { $0.count == names.count } }

    var lines: [String] {
        answers.withLock { answers in
            names.map { "\($0): \(answers[$0] ?? "does not say its statistics")" }
        }
    }
}
