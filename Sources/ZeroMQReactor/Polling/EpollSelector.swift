internal import CLibrary
internal import CZeroMQKernel
internal import Synchronization

/// The selector of Linux.
///
/// The kernel may refuse any of its calls, because of a filter that was installed after the start
/// or for lack of memory. Then the same is done in another way, later or slower: if the loop had no
/// selector, the process would stand still.
package final class EpollSelector: Selector, @unchecked Sendable {
    // Unchecked: the event memory, `isPrecise` and `watched` are used only by the thread that
    // drives the loop. Calls for any thread use descriptors that never change, which the kernel
    // serialises, and atomic or locked state.

    /// The token of the selector's own two descriptors; no registration has it.
    private static let ownToken = UInt64.max
    private static let eventsPerWait: Int32 = 256

    private let epoll: FileDescriptor
    private let waker: FileDescriptor
    private let alarm: FileDescriptor
    private let memory: UnsafeMutablePointer<epoll_event>
    private var isPrecise = true
    /// The watched descriptors, for polling them one by one if the kernel refuses to wait.
    private var watched: [Int32: UInt64] = [:]
    /// When the alarm is due that the kernel's timer refused, in nanoseconds of its clock.
    ///
    /// Relaxed: a thread other than the loop's that sets it wakes the loop through the kernel
    /// afterwards.
    private let ownAlarm = Atomic<Int64>(EpollSelector.never)
    private static let never = Int64.max
    /// Tokens whose re-arming the kernel refused; and below, whether there are any. The flag is
    /// stored and exchanged under the same lock as the tokens. It is read earlier in relaxed order:
    /// a thread that sets it wakes the loop afterwards.
    private let owed = Locked<[UInt64]>([])
    private let isOwing = Atomic(false)

    /// Opens the selector; throws if descriptors have run out.
    package init() throws(SystemError) {
        epoll = FileDescriptor(
            owning: try checked { epoll_create1(Int32(EPOLL_CLOEXEC)) }
        )
        let flags = Int32(EFD_CLOEXEC | EFD_NONBLOCK)
        waker = FileDescriptor(owning: try checked { eventfd(0, flags) })
        alarm = FileDescriptor(
            owning: try checked {
                timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC | TFD_NONBLOCK))
            }
        )
        memory = .allocate(capacity: Int(EpollSelector.eventsPerWait))
        // These two are never read: edge-triggered, each write and each expiry is a new event, and
        // the read would be a second system call.
        let interest = zeromq_epoll_in | zeromq_epoll_et
        for own in [waker.number, alarm.number] {
            try control(EPOLL_CTL_ADD, own, interest, EpollSelector.ownToken)
        }
    }

    deinit {
        memory.deallocate()
    }

    package func add(_ descriptor: Int32, token: UInt64) throws(SystemError) {
        precondition(token != EpollSelector.ownToken, "This token belongs to the selector.")
        try control(EPOLL_CTL_ADD, descriptor, EpollSelector.everything, token)
        watched[descriptor] = token
    }

    /// All events of a descriptor, edge-triggered.
    private static var everything: UInt32 {
        zeromq_epoll_in | zeromq_epoll_out | zeromq_epoll_rdhup | zeromq_epoll_et
    }

    package func remind(of descriptor: Int32, token: UInt64) {
        // EPOLL_CTL_MOD re-arms the edge, even if the set of events does not change.
        do throws(SystemError) {
            try control(EPOLL_CTL_MOD, descriptor, EpollSelector.everything, token)
        } catch {
            // The descriptor is no longer watched. Its token would find no handler.
            guard error.errno != ENOENT, error.errno != EBADF else { return }
            owed.withLock { owed in
                owed.append(token)
                isOwing.store(true, ordering: .relaxed)
            }
            wake()
        }
    }

    package func remove(_ descriptor: Int32) {
        watched[descriptor] = nil
        // A descriptor closed before it was removed has left the set already, so an error here does
        // not matter.
        var event = epoll_event()
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor, &event)
    }

    package func wait(nanoseconds: Int64?, into events: inout [ReadyEvent]) {
        events.removeAll(keepingCapacity: true)
        let debts = takeDebts()
        let limit = debts.isEmpty ? untilOwnAlarm(nanoseconds) : 0
        let count = wait(nanoseconds: limit)
        if count >= 0 {
            take(Int(count), into: &events)
        } else if errno != EINTR {
            // EINTR ends the wait early. Any other error is a refusal, which may last forever.
            askEach(nanoseconds: limit, into: &events)
        }
        for token in debts {
            events.append(ReadyEvent(token: token, readiness: [.readable, .writable]))
        }
    }

    private func take(_ count: Int, into events: inout [ReadyEvent]) {
        for index in 0..<count {
            let event = memory[index]
            let token = event.data.u64
            guard token != EpollSelector.ownToken else { continue }
            events.append(ReadyEvent(token: token, readiness: Readiness(epoll: event.events)))
        }
    }

    /// Polls every descriptor. Most are writable and ready at once, so it sleeps between two
    /// rounds.
    private func askEach(nanoseconds: Int64?, into events: inout [ReadyEvent]) {
        let pause = PlainPolling.pause.nanoseconds
        SystemThread.sleep(for: .nanoseconds(min(nanoseconds ?? pause, pause)))
        let tokens = Array(watched.values)
        var questions = watched.keys.map {
            PlainPolling.question($0, readable: true, writable: true)
        }
        guard PlainPolling.ask(&questions, milliseconds: 0) else { return }
        for (token, question) in zip(tokens, questions) {
            let readiness = PlainPolling.readiness(question)
            if !readiness.isEmpty { events.append(ReadyEvent(token: token, readiness: readiness)) }
        }
    }

    /// Takes the tokens whose re-arming the kernel refused.
    private func takeDebts() -> [UInt64] {
        guard isOwing.load(ordering: .relaxed) else { return [] }
        return owed.withLock { owed in
            isOwing.store(false, ordering: .relaxed)
            defer { owed = [] }
            return owed
        }
    }

    /// The time to wait, limited by an alarm that the kernel's timer refused.
    private func untilOwnAlarm(_ nanoseconds: Int64?) -> Int64? {
        let due = ownAlarm.load(ordering: .relaxed)
        guard due != EpollSelector.never else { return nanoseconds }
        let rest = max(0, due - SystemClock().now.nanoseconds)
        // It fires once. An alarm that another thread sets at this moment stays.
        if rest == 0 {
            _ = ownAlarm.compareExchange(
                expected: due,
                desired: EpollSelector.never,
                ordering: .relaxed
            )
        }
        return min(nanoseconds ?? rest, rest)
    }

    private func wait(nanoseconds: Int64?) -> Int32 {
        if let nanoseconds, nanoseconds % 1_000_000 != 0, let count = waitPrecisely(nanoseconds) {
            return count
        }
        let timeout = EpollSelector.milliseconds(nanoseconds)
        return epoll_wait(epoll.number, memory, EpollSelector.eventsPerWait, timeout)
    }

    /// Waits with a precision below a millisecond; nil if that is not possible.
    ///
    /// Kernels before 5.11 lack the call, and filters that do not know it may refuse it with any
    /// error number.
    private func waitPrecisely(_ nanoseconds: Int64) -> Int32? {
        guard isPrecise else { return nil }
        var time = timespec()
        time.tv_sec = Int(nanoseconds / 1_000_000_000)
        time.tv_nsec = Int(nanoseconds % 1_000_000_000)
        let count = withUnsafePointer(to: &time) { time in
            KernelCall.invoke(
                EpollSelector.preciseWait,
                Int(epoll.number),
                Int(bitPattern: memory),
                Int(EpollSelector.eventsPerWait),
                Int(bitPattern: time)
            )
        }
        guard count < 0, errno != EINTR else { return Int32(truncatingIfNeeded: count) }
        isPrecise = false
        return nil
    }

    /// `epoll_pwait2` has this number on every architecture, and no name in older headers.
    private static let preciseWait: Int32 = 441

    package func wake() {
        var one: UInt64 = 1
        let count = retryingInterrupted {
            write(waker.number, &one, MemoryLayout<UInt64>.size)
        }
        // If the counter is full, a wake-up is pending already.
        guard count < 0, errno != EAGAIN else { return }
        // Re-arms the waker for writability: it always has room in its counter, so this is an
        // event.
        let interest = zeromq_epoll_in | zeromq_epoll_out | zeromq_epoll_et
        try? control(EPOLL_CTL_MOD, waker.number, interest, EpollSelector.ownToken)
    }

    package func setAlarm(after delay: Duration) {
        // A time of zero would disarm the timer.
        let nanoseconds = max(1, delay.nanoseconds)
        var time = itimerspec()
        time.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
        time.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
        guard timerfd_settime(alarm.number, 0, &time, nil) != 0 else {
            if ownAlarm.load(ordering: .relaxed) != EpollSelector.never {
                ownAlarm.store(EpollSelector.never, ordering: .relaxed)
            }
            return
        }
        let due = SystemClock().now + .nanoseconds(nanoseconds)
        ownAlarm.store(due.nanoseconds, ordering: .relaxed)
        // The current wait may be longer.
        wake()
    }

    /// Rounded up: rounding down would make the loop spin through the last millisecond.
    static func milliseconds(_ nanoseconds: Int64?) -> Int32 {
        guard let nanoseconds else { return -1 }
        guard nanoseconds > 0 else { return 0 }
        return Int32(clamping: (nanoseconds - 1) / 1_000_000 + 1)
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

extension Readiness {
    /// Translates the kernel's bits.
    fileprivate init(epoll bits: UInt32) {
        var readiness: Readiness = []
        if bits & zeromq_epoll_in != 0 { readiness.insert(.readable) }
        if bits & zeromq_epoll_out != 0 { readiness.insert(.writable) }
        if bits & (zeromq_epoll_rdhup | zeromq_epoll_hup) != 0 { readiness.insert(.hangup) }
        if bits & zeromq_epoll_err != 0 { readiness.insert(.error) }
        self = readiness
    }
}
