internal import Synchronization
internal import ZeroMQReactor

/// A caller that waits for a socket to become ready: a thread, a task, or a poller.
///
/// Whoever finds the socket ready takes the waiter out of its queue, under the gate, and calls
/// `wake` after leaving. A wake-up is a hint: the caller enters again and looks for itself.
enum Waiter {
    case thread(ThreadParker)
    /// A suspended task or a poller: a closure that resumes it, called at most once.
    case callback(@Sendable () -> Void)

    func wake() {
        switch self {
        case .thread(let parker): parker.unpark()
        case .callback(let resume): resume()
        }
    }
}

/// The callers that wait at one direction of a socket, in order of arrival.
///
/// Guarded by the gate of that direction.
struct WaiterQueue {
    typealias Ticket = UInt64

    private var entries: [(ticket: Ticket, waiter: Waiter)] = []
    private var nextTicket: Ticket = 1

    var isEmpty: Bool { entries.isEmpty }

    /// Appends a waiter. The ticket takes it out again if it gives up.
    mutating func append(_ waiter: Waiter) -> Ticket {
        let ticket = nextTicket
        nextTicket += 1
        entries.append((ticket, waiter))
        return ticket
    }

    /// Takes a waiter out, if nobody else has.
    @discardableResult
    mutating func remove(_ ticket: Ticket) -> Bool {
        guard let index = entries.firstIndex(where: { $0.ticket == ticket }) else { return false }
        entries.remove(at: index)
        return true
    }

    mutating func popFirst() -> Waiter? {
        entries.isEmpty ? nil : entries.removeFirst().waiter
    }

    mutating func popAll() -> [Waiter] {
        defer { entries = [] }
        return entries.map(\.waiter)
    }
}
