internal import CLibrary

/// What is left to be done when the process exits, by `exit` or at the end of `main`.
///
/// Few programs close everything before they end. What the kernel takes back by itself needs no
/// care; a file would stay for ever.
package enum ExitWork {
    /// The name of something to be done.
    package struct Ticket: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct State {
        var next: UInt64 = 0
        var work: [UInt64: @Sendable () -> Void] = [:]
    }

    private static let state = Locked(State())

    /// The process whose exit this is about; the first use has the system call back at its end.
    private static let home: ProcessMark = {
        atexit { ExitWork.perform() }
        return ProcessMark.current
    }()

    /// Has something done when the process exits, on the thread that exits.
    package static func add(_ work: @escaping @Sendable () -> Void) -> Ticket {
        _ = home
        return state.withLock { state in
            state.next += 1
            state.work[state.next] = work
            return Ticket(number: state.next)
        }
    }

    /// It has been done, or need not be done any more.
    package static func remove(_ ticket: Ticket) {
        state.withLock { _ = $0.work.removeValue(forKey: ticket.number) }
    }

    private static func perform() {
        // A child that was forked exits as well, and what is left belongs to its parent. The lock
        // may be held there, for ever, by a thread that is not.
        guard ProcessMark.current == home else { return }
        let work = state.withLock { state in
            defer { state.work = [:] }
            return state.work
        }
        for body in work.values { body() }
    }
}
