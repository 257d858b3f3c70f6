internal import CLibrary
internal import CZeroMQKernel
internal import Synchronization

/// Waits for descriptors of others, level-triggered, and for a signal from other threads.
///
/// Costs time in proportion to the ready descriptors. Has a descriptor itself, which becomes
/// readable when anything is ready.
package final class DescriptorPoller: @unchecked Sendable {
    // Unchecked: the event memory and `watched` are used only in calls that belong to one thread.
    // `signal` uses a descriptor that never changes, and an atomic flag.

    private static let signalToken = UInt64.max
    private static let eventsPerWait: Int32 = 256

    private let epoll: FileDescriptor
    private let waker: FileDescriptor
    private let memory: UnsafeMutablePointer<epoll_event>
    /// The watched descriptors, for polling them one by one if the kernel refuses to wait.
    private var watched: [Int32: (token: UInt64, interest: Readiness)] = [:]
    /// The signal is on, although the waker could not be written to: its interest includes
    /// writability.
    ///
    /// Sequentially consistent, and changed before the kernel is told. `signal` sets it and
    /// `clearSignal` clears it; the caller ensures that these do not overlap.
    private let isForced = Atomic(false)

    package init() throws(SystemError) {
        epoll = FileDescriptor(owning: try checked { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        let flags = Int32(EFD_CLOEXEC | EFD_NONBLOCK)
        waker = FileDescriptor(owning: try checked { eventfd(0, flags) })
        memory = .allocate(capacity: Int(Self.eventsPerWait))
        try control(EPOLL_CTL_ADD, waker.number, zeromq_epoll_in, Self.signalToken)
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
        watched[descriptor] = (token, interest)
    }

    package func modify(
        _ descriptor: Int32,
        token: UInt64,
        interest: Readiness
    ) throws(SystemError) {
        try control(EPOLL_CTL_MOD, descriptor, Self.bits(interest), token)
        watched[descriptor] = (token, interest)
    }

    package func remove(_ descriptor: Int32) {
        watched[descriptor] = nil
        // A descriptor closed before it was removed has left the set already.
        var event = epoll_event()
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor, &event)
    }

    /// Waits for descriptors or the signal; nil waits forever. Replaces the buffer's content with
    /// the descriptors' events.
    package func wait(nanoseconds: Int64?, into events: inout [ReadyEvent]) {
        events.removeAll(keepingCapacity: true)
        let timeout = EpollSelector.milliseconds(nanoseconds)
        let count = epoll_wait(epoll.number, memory, Self.eventsPerWait, timeout)
        guard count >= 0 else {
            // EINTR ends the wait early. Any other error is a refusal, which may last forever.
            if errno != EINTR { askEach(milliseconds: timeout, into: &events) }
            return
        }
        for index in 0..<Int(count) {
            let (bits, token) = (memory[index].events, memory[index].data.u64)
            guard token != Self.signalToken else { continue }
            var readiness: Readiness = []
            if bits & zeromq_epoll_in != 0 { readiness.insert(.readable) }
            if bits & zeromq_epoll_out != 0 { readiness.insert(.writable) }
            if bits & (zeromq_epoll_rdhup | zeromq_epoll_hup) != 0 { readiness.insert(.hangup) }
            if bits & zeromq_epoll_err != 0 { readiness.insert(.error) }
            events.append(ReadyEvent(token: token, readiness: readiness))
        }
    }

    /// Polls every descriptor.
    private func askEach(milliseconds: Int32, into events: inout [ReadyEvent]) {
        let subjects = Array(watched)
        var questions = subjects.map {
            PlainPolling.question(
                $0.key,
                readable: $0.value.interest.contains(.readable),
                writable: $0.value.interest.contains(.writable)
            )
        }
        questions.append(
            PlainPolling.question(
                waker.number,
                readable: true,
                writable: isForced.load(ordering: .sequentiallyConsistent)
            )
        )
        // If nothing is ready, or this is refused as well, pauses before the caller tries again.
        guard PlainPolling.ask(&questions, milliseconds: Self.atMost(milliseconds))
        else {
            if milliseconds != 0 { SystemThread.sleep(for: PlainPolling.pause) }
            return
        }
        for (subject, question) in zip(subjects, questions) {
            let readiness = PlainPolling.readiness(question)
            guard !readiness.isEmpty else { continue }
            events.append(ReadyEvent(token: subject.value.token, readiness: readiness))
        }
    }

    /// Turns the signal on, from any thread.
    package func signal() {
        var one: UInt64 = 1
        let count = retryingInterrupted {
            write(waker.number, &one, MemoryLayout<UInt64>.size)
        }
        // If the counter is full, the signal is on already.
        guard count < 0, errno != EAGAIN else { return }
        // Watches the waker for writability: it always has room in its counter, so it counts as
        // ready.
        isForced.store(true, ordering: .sequentiallyConsistent)
        let interest = zeromq_epoll_in | zeromq_epoll_out
        try? control(EPOLL_CTL_MOD, waker.number, interest, Self.signalToken)
    }

    /// Turns the signal off.
    package func clearSignal() {
        var count: UInt64 = 0
        _ = retryingInterrupted { read(waker.number, &count, MemoryLayout<UInt64>.size) }
        guard isForced.exchange(false, ordering: .sequentiallyConsistent) else { return }
        try? control(EPOLL_CTL_MOD, waker.number, zeromq_epoll_in, Self.signalToken)
    }

    /// A wait forever is cut into pieces, because the watched descriptors may change meanwhile.
    private static func atMost(_ milliseconds: Int32) -> Int32 {
        milliseconds < 0 ? 10 : min(milliseconds, 10)
    }

    private static func bits(_ interest: Readiness) -> UInt32 {
        var bits: UInt32 = 0
        if interest.contains(.readable) { bits |= zeromq_epoll_in | zeromq_epoll_rdhup }
        if interest.contains(.writable) { bits |= zeromq_epoll_out }
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
