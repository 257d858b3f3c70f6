import Synchronization

/// Which senders were heard after a certain moment.
final class Heard: Sendable {
    private struct State {
        var senders: Set<UInt32> = []
        var begin: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// From now on it counts.
    func begin() {
        state.withLock { $0 = State(begin: .now) }
    }

    func note(_ sender: UInt32) {
        state.withLock { state in
            if state.begin != nil { state.senders.insert(sender) }
        }
    }

    func has(_ sender: UInt32) -> Bool { state.withLock { $0.senders.contains(sender) } }
    func hasAll(_ count: Int) -> Bool { state.withLock { $0.senders.count >= count } }
    var names: String { state.withLock { "\($0.senders.sorted())" } }

    func waitsNotLonger(than patience: Duration) -> Bool {
        state.withLock { $0.begin.map { ContinuousClock.now < $0 + patience } ?? true }
    }
}
