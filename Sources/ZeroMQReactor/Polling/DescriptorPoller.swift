internal import CLibrary
internal import CZeroMQKernel
internal import Synchronization

/// Waits for foreign descriptors, level-triggered, and for a signal from other threads.
///
/// Costs time in proportion to what is ready. Itself a descriptor that becomes readable when
/// anything is.
package final class DescriptorPoller: @unchecked Sendable {
    // Unchecked: the event memory and `watched` are touched by calls that belong to one thread.
    // `signal` uses a descriptor that never changes, and a flag that is atomic.

    private static let signalToken = UInt64.max
    private static let eventsPerWait: Int32 = 256

    private let epoll: FileDescriptor
    private let waker: FileDescriptor
    private let memory: UnsafeMutablePointer<epoll_event>
    /// What is waited for, for when it has to be asked about one by one.
    private var watched: [Int32: (token: UInt64, interest: Readiness)] = [:]
    /// The signal is on by way of what is asked about the waker, which could not be written to.
    ///
    /// Sequentially consistent, and changed before the kernel is told: `signal` sets it and
    /// `clearSignal` takes it back, and the caller sees to it that they come one after the other.
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
        guard count >= 0 else {
            // A signal ends the wait early. Anything else is a refusal, and may go on for ever.
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

    /// Asks about every descriptor in turn.
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
        // What is asked in vain, or refused as well, is asked again, but not without a pause.
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
        // When the counter is full the signal is on anyway.
        guard count < 0, errno != EAGAIN else { return }
        // There is always room in the counter: who asks about that finds the descriptor ready.
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

    /// A wait for ever is cut into pieces: what is asked about may have changed in the meantime.
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
