internal import CLibrary

/// Work to be done when the process exits, by `exit` or at the end of `main`.
///
/// Few programs close everything before they end. The kernel releases memory and descriptors, but a
/// socket file would stay forever.
package enum ExitWork {
    /// Identifies a piece of work.
    package struct Ticket: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct State {
        var next: UInt64 = 0
        var work: [UInt64: @Sendable () -> Void] = [:]
    }

    private static let state = Locked(State())

    /// The process whose exit this is about. On first use, registers a hook with the system.
    private static let home: ProcessMark = {
        atexit { ExitWork.perform() }
        return ProcessMark.current
    }()

    /// Registers work for the exit of the process. It runs on the thread that exits.
    package static func add(_ work: @escaping @Sendable () -> Void) -> Ticket {
        _ = home
        return state.withLock { state in
            state.next += 1
            state.work[state.next] = work
            return Ticket(number: state.next)
        }
    }

    /// Removes work that was done or is no longer needed.
    package static func remove(_ ticket: Ticket) {
        state.withLock { _ = $0.work.removeValue(forKey: ticket.number) }
    }

    private static func perform() {
        // A forked child exits too, but the work belongs to its parent. In the child the lock may
        // be held forever, by a thread that does not exist there.
        guard ProcessMark.current == home else { return }
        let work = state.withLock { state in
            defer { state.work = [:] }
            return state.work
        }
        for body in work.values { body() }
    }
}
