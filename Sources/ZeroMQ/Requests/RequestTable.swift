internal import ZeroMQReactor

/// The requests of a `RequestClient` that are under way, and the connections they went through.
///
/// Used under the send gate, when a request is about to be published; by the task that receives;
/// and by callers. Its lock is the innermost, and nobody is woken inside it.
final class RequestTable: Sendable {
    private struct Entry {
        let call: RequestCall
        /// Where the last attempt went, and the how manyth message of that connection it was.
        var pipe: SocketPipe?
        var place = 0
    }

    /// A connection.
    private struct Line {
        let pipe: SocketPipe
        /// Requests that were sent through it.
        var sent = 0
        /// By order: the requests whose replies are to come, oldest first, given up or not.
        var expected = RequestLine()
        /// A request waited in vain, and nothing has come since: others are asked until then.
        var suspectUntil: Instant?
        var suspicions = 0
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var lines: [ObjectIdentifier: Line] = [:]
        var number = UInt64(truncatingIfNeeded: KernelDice.roll())
        var statistics = RequestStatistics()
        var ending: ZeroMQError?
    }

    let matching: RequestMatching
    private let most: Int
    private let state = Locked(State())

    init(_ matching: RequestMatching, most: Int) {
        self.matching = matching
        self.most = most
    }

    var statistics: RequestStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.underWay = state.entries.count
            return statistics
        }
    }

    // MARK: Calls

    /// Enters a request, unless there are too many.
    func begin(_ make: (_ number: UInt64) -> RequestCall) throws(ZeroMQError) -> RequestCall {
        try state.withLock { state throws(ZeroMQError) in
            if let ending = state.ending { throw ending.saying(wasSent: false) }
            guard state.entries.count < most else {
                throw ZeroMQError(
                    .resourceExhausted,
                    "\(most) requests are under way, and no more are allowed",
                    hint: "wait for some of them, or allow more with maximumRequests",
                    wasSent: false
                )
            }
            state.number &+= 1
            let call = make(state.number)
            state.entries[call.number] = Entry(call: call)
            return call
        }
    }

    /// Nobody waits any more: what comes for this request is late. Returns a connection that owes
    /// too many replies which nobody waits for, and has to be given up.
    func finish(_ call: RequestCall, isAnswered: Bool) -> SocketPipe? {
        state.withLock { state in
            let entry = state.entries.removeValue(forKey: call.number)
            guard !isAnswered else {
                state.statistics.answered += 1
                return nil
            }
            state.statistics.failed += 1
            guard let pipe = entry?.pipe, let line = state.lines[ObjectIdentifier(pipe)] else {
                return nil
            }
            return line.expected.count < mostExpected ? nil : pipe
        }
    }

    /// Requests of one connection whose replies are to come, those that were given up included.
    private var mostExpected: Int { 2 * most }

    func noteRetry() { state.withLock { $0.statistics.retries += 1 } }

    /// Nothing came for a request in the time of an attempt. Others are asked before that server
    /// until it says something, or for a while.
    func noteSilence(for call: RequestCall, now: Instant) {
        state.withLock { state in
            guard let pipe = state.entries[call.number]?.pipe else { return }
            let line = ObjectIdentifier(pipe)
            guard let suspicions = state.lines[line]?.suspicions else { return }
            state.lines[line]?.suspicions = min(suspicions + 1, Self.mostSuspicions)
            state.lines[line]?.suspectUntil = now + .milliseconds(500 << suspicions)
        }
    }

    /// At most half a minute.
    private static let mostSuspicions = 6

    // MARK: Lines

    /// Whether a request is to go through a connection, as is noted then. Under the send gate, so
    /// that requests stand in line in the order in which they are sent.
    func take(_ pipe: SocketPipe, for call: RequestCall, isLast: Bool, now: Instant) -> Bool {
        state.withLock { state in
            let key = ObjectIdentifier(pipe)
            var line = state.lines[key] ?? Line(pipe: pipe)
            // One that answers nothing in order has too much to answer.
            guard line.expected.count < mostExpected else { return false }
            if !isLast {
                let isSuspect = line.suspectUntil.map { now < $0 } ?? false
                guard !isSuspect, state.entries[call.number]?.pipe !== pipe else { return false }
            }
            line.sent += 1
            if matching == .order { line.expected.append(call.number) }
            state.lines[key] = line
            state.entries[call.number]?.pipe = pipe
            state.entries[call.number]?.place = line.sent
            return true
        }
    }

    /// A message has come.
    func received(_ message: Message, from pipe: SocketPipe) {
        let key = ObjectIdentifier(pipe)
        let found = state.withLock { state -> (call: RequestCall, reply: Message)? in
            state.lines[key]?.suspectUntil = nil
            state.lines[key]?.suspicions = 0
            guard let (id, reply) = open(message) else {
                state.statistics.malformed += 1
                return nil
            }
            let number = id ?? state.lines[key]?.expected.popFirst()
            guard let number, let entry = state.entries[number] else {
                state.statistics.lateReplies += 1
                return nil
            }
            return (entry.call, reply)
        }
        if let found { found.call.answer.change { $0 = .reply(found.reply) } }
    }

    /// Takes a message and its envelope apart; nil if it is no reply. By order there is no id.
    private func open(_ message: Message) -> (id: UInt64?, reply: Message)? {
        let frames = Array(message)
        switch matching {
        case .id:
            guard frames.count > 2, frames[0].count == 8, frames[1].isEmpty else { return nil }
            let number = frames[0].withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
            return (number, Message(frames: frames.dropFirst(2)))
        case .order:
            guard frames.count > 1, frames[0].isEmpty else { return nil }
            return (nil, Message(frames: frames.dropFirst()))
        }
    }

    /// Connections have ended, and everything that came through them has been seen.
    func departed(_ pipes: [SocketPipe]) {
        for pipe in pipes {
            let lost = state.withLock { state -> [(RequestCall, wasSent: Bool)] in
                guard let line = state.lines.removeValue(forKey: ObjectIdentifier(pipe)) else {
                    return []
                }
                // What was not sent is what was sent last.
                let sent = line.sent - pipe.leftUnsent
                return state.entries.values.filter { $0.pipe === pipe }
                    .map { ($0.call, $0.place <= sent) }
            }
            for (call, wasSent) in lost {
                call.answer.change { if $0 == nil { $0 = .lost(wasSent: wasSent) } }
            }
        }
    }

    /// Nothing more will come.
    func end(_ error: ZeroMQError) {
        let calls = state.withLock { state in
            if state.ending == nil { state.ending = error }
            state.lines = [:]
            return state.entries.values.map(\.call)
        }
        for call in calls { call.answer.change { if $0 == nil { $0 = .failed(error) } } }
    }
}

/// Numbers in the order in which they are to come.
struct RequestLine {
    private var numbers: [UInt64] = []
    private var head = 0

    var count: Int { numbers.count - head }

    mutating func append(_ number: UInt64) { numbers.append(number) }

    mutating func popFirst() -> UInt64? {
        guard head < numbers.count else { return nil }
        defer { head += 1 }
        if head > 64, head * 2 > numbers.count {
            numbers.removeFirst(head)
            head = 0
        }
        return numbers[head]
    }
}
