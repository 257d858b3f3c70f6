internal import Synchronization
internal import ZeroMQReactor

/// A caller that waits for a socket to become ready: a thread, a task, or a poller.
///
/// The thread that finds the socket ready takes the waiter out of its queue, under the gate, and
/// calls `wake` after leaving. A wake-up is a hint: the caller enters again and checks for itself.
enum Waiter {
    case thread(ThreadParker)
    case task(TaskParker)
    /// A closure, called at most once.
    case callback(@Sendable () -> Void)

    func wake() {
        switch self {
        case .thread(let parker): parker.unpark()
        case .task(let parker): parker.resume(.woken)
        case .callback(let resume): resume()
        }
    }

    /// What a waiter does once it has been woken, which decides who is woken with it.
    enum Role {
        /// It takes or sends a message: each cause wakes one, in order of arrival.
        case caller
        /// It only checks whether there is something to do: all are woken.
        case poller
        /// It waits for any change of the peers or their queues: each change wakes all.
        case observer
    }
}

/// The waiters of one direction of a socket, in order of arrival.
///
/// Guarded by the gate of that direction.
struct WaiterQueue {
    typealias Ticket = UInt64

    private var entries: [(ticket: Ticket, role: Waiter.Role, waiter: Waiter)] = []
    private var nextTicket: Ticket = 1

    var isEmpty: Bool { entries.isEmpty }

    /// Appends a waiter. The ticket removes it again if it gives up.
    mutating func append(_ waiter: Waiter, as role: Waiter.Role = .caller) -> Ticket {
        let ticket = nextTicket
        nextTicket += 1
        entries.append((ticket, role, waiter))
        return ticket
    }

    /// Removes a waiter, unless another thread already has.
    @discardableResult
    mutating func remove(_ ticket: Ticket) -> Bool {
        guard let index = entries.firstIndex(where: { $0.ticket == ticket }) else { return false }
        entries.remove(at: index)
        return true
    }

    /// Removes and returns the first caller.
    mutating func popFirst() -> Waiter? {
        guard let index = entries.firstIndex(where: { $0.role == .caller }) else { return nil }
        return entries.remove(at: index).waiter
    }

    /// Removes and returns all waiters of one role.
    mutating func popAll(_ role: Waiter.Role) -> [Waiter] {
        guard entries.contains(where: { $0.role == role }) else { return [] }
        defer { entries.removeAll { $0.role == role } }
        return entries.filter { $0.role == role }.map(\.waiter)
    }

    mutating func popAll() -> [Waiter] {
        defer { entries = [] }
        return entries.map(\.waiter)
    }
}
