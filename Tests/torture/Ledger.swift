import Synchronization

/// Who sent what, and what has become of it: each message is received once or dropped, and in the
/// end every one.
final class Ledger: Sendable {
    fileprivate struct Entry {
        var received: Set<UInt64> = []
        /// All before this one have been received.
        var whole: UInt64 = 0
        var sent: UInt64 = 0
    }

    private struct State {
        var entries: [UInt32: Entry] = [:]
        var sent = 0
        var received = 0
        var dropped = 0
        var sendersAtWork = 0
    }

    private let state = Mutex(State())

    func senderBegins() { state.withLock { $0.sendersAtWork += 1 } }
    func senderEnds() { state.withLock { $0.sendersAtWork -= 1 } }

    /// Said before a message is sent, and taken back if it was not.
    func noteSent(_ sender: UInt32) {
        state.withLock { state in
            state.entries[sender, default: Entry()].sent += 1
            state.sent += 1
        }
    }

    /// The same where a sender's numbers have gaps.
    func noteSent(_ sender: UInt32, as number: UInt64) {
        state.withLock { state in
            state.entries[sender, default: Entry()].sent = number + 1
            state.sent += 1
        }
    }

    func takeBack(_ sender: UInt32) {
        state.withLock { state in
            state.entries[sender, default: Entry()].sent -= 1
            state.sent -= 1
        }
    }

    func noteReceived(_ origin: Payload.Origin) throws(Failure) {
        try state.withLock { state throws(Failure) in
            state.received += 1
            try state.entries[origin.sender, default: Entry()].note(origin)
        }
    }

    /// So many were counted as dropped, and will not come.
    func noteDropped(_ count: Int) { state.withLock { $0.dropped += count } }

    var sent: Int { state.withLock { $0.sent } }
    var received: Int { state.withLock { $0.received } }
    var isSending: Bool { state.withLock { $0.sendersAtWork > 0 } }
    func sent(by sender: UInt32) -> Int { state.withLock { Int($0.entries[sender]?.sent ?? 0) } }

    /// Whether nothing more will be sent, and everything has been received or dropped.
    var isBalanced: Bool {
        state.withLock { $0.sendersAtWork == 0 && $0.sent == $0.received + $0.dropped }
    }

    /// The account, for the words of a failure.
    var words: String {
        state.withLock { state in
            let sums = "\(state.sent) sent, \(state.received) received, \(state.dropped) dropped"
            let gaps = state.entries.sorted { $0.key < $1.key }
                .compactMap { sender, entry -> String? in
                    let missing = (entry.whole..<max(entry.whole, entry.sent))
                        .filter { !entry.received.contains($0) }
                    guard !missing.isEmpty else { return nil }
                    return "of sender \(sender) \(missing.count) of \(entry.sent), "
                        + "from \(missing[0]) on"
                }
            return sums + (gaps.isEmpty ? "" : "; not received " + gaps.joined(separator: "; "))
        }
    }

    /// Fails unless the account is exact.
    func close() throws(Failure) { try expect(isBalanced, words) }
}

extension Ledger.Entry {
    fileprivate mutating func note(_ origin: Payload.Origin) throws(Failure) {
        guard origin.number >= whole, !received.contains(origin.number) else {
            throw Failure("\(origin) came twice")
        }
        guard origin.number < sent else { throw Failure("\(origin) was not sent") }
        received.insert(origin.number)
        while received.remove(whole) != nil { whole += 1 }
    }
}

/// What one receiver sees of each sender has to be in order.
struct OrderCheck {
    private var last: [UInt32: UInt64] = [:]

    mutating func note(_ origin: Payload.Origin) throws(Failure) {
        if let last = last[origin.sender], origin.number <= last {
            throw Failure("\(origin) came after \(last)")
        }
        last[origin.sender] = origin.number
    }
}
