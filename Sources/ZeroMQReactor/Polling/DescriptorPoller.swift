internal import CZeroMQKernel
internal import Glibc

/// Waits for foreign descriptors, level-triggered, and for a signal from other threads.
///
/// Costs time in proportion to what is ready. Itself a descriptor that becomes readable when
/// anything is.
package final class DescriptorPoller: @unchecked Sendable {
    // Unchecked: the event memory is touched by `wait` alone, which belongs to one thread.
    // `signal` only writes to a descriptor that never changes.

    private static let signalToken = UInt64.max
    private static let eventsPerWait: Int32 = 256

    private let epoll: FileDescriptor
    private let waker: FileDescriptor
    private let memory: UnsafeMutablePointer<epoll_event>

    package init() throws(SystemError) {
        epoll = FileDescriptor(owning: try checked { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        let flags = Int32(EFD_CLOEXEC | EFD_NONBLOCK)
        waker = FileDescriptor(owning: try checked { eventfd(0, flags) })
        memory = .allocate(capacity: Int(Self.eventsPerWait))
        try control(EPOLL_CTL_ADD, waker.number, EPOLLIN.rawValue, Self.signalToken)
    }

    deinit { memory.deallocate() }

    /// Readable while a descriptor is ready or the signal is on.
    package var descriptor: Int32 { epoll.number }

    package func add(
        _ descriptor: Int32,
        token: UInt64,
        interest: Readiness
    ) throws(SystemError) {
        try control(EPOLL_CTL_ADD, descriptor, Self.bits(interest), token)
    }

    package func modify(
        _ descriptor: Int32,
        token: UInt64,
        interest: Readiness
    ) throws(SystemError) {
        try control(EPOLL_CTL_MOD, descriptor, Self.bits(interest), token)
    }

    package func remove(_ descriptor: Int32) {
        // A descriptor closed before it was removed has left the set by itself.
        var event = epoll_event()
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor, &event)
    }

    /// Waits for descriptors or the signal; nil waits for ever. Puts the descriptors' events in
    /// place of the buffer's content.
    package func wait(nanoseconds: Int64?, into events: inout [ReadyEvent]) {
        events.removeAll(keepingCapacity: true)
        let timeout = EpollSelector.milliseconds(nanoseconds)
        let count = epoll_wait(epoll.number, memory, Self.eventsPerWait, timeout)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            let (bits, token) = (memory[index].events, memory[index].data.u64)
            guard token != Self.signalToken else { continue }
            var readiness: Readiness = []
            if bits & EPOLLIN.rawValue != 0 { readiness.insert(.readable) }
            if bits & EPOLLOUT.rawValue != 0 { readiness.insert(.writable) }
            if bits & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue) != 0 { readiness.insert(.hangup) }
            if bits & EPOLLERR.rawValue != 0 { readiness.insert(.error) }
            events.append(ReadyEvent(token: token, readiness: readiness))
        }
    }

    /// Turns the signal on, from any thread.
    package func signal() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the signal is on anyway.
        _ = retryingInterrupted { write(waker.number, &one, MemoryLayout<UInt64>.size) }
    }

    /// Turns the signal off.
    package func clearSignal() {
        var count: UInt64 = 0
        _ = retryingInterrupted { read(waker.number, &count, MemoryLayout<UInt64>.size) }
    }

    private static func bits(_ interest: Readiness) -> UInt32 {
        var bits: UInt32 = 0
        if interest.contains(.readable) { bits |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
        if interest.contains(.writable) { bits |= EPOLLOUT.rawValue }
        return bits
    }

    private func control(
        _ operation: Int32,
        _ descriptor: Int32,
        _ interest: UInt32,
        _ token: UInt64
    ) throws(SystemError) {
        var event = epoll_event()
        event.events = interest
        event.data.u64 = token
        try checked { epoll_ctl(epoll.number, operation, descriptor, &event) }
    }
}
