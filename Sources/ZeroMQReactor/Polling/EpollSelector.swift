internal import CZeroMQKernel
internal import Glibc

/// The selector of Linux.
package final class EpollSelector: Selector, @unchecked Sendable {
    // Unchecked: the event memory and `isPrecise` are touched by `wait` alone, which belongs to
    // whoever drives the loop. The calls for any thread only use descriptors that never
    // change, and the kernel serialises that.

    /// The token of our own two descriptors; no registration has it.
    private static let ownToken = UInt64.max
    private static let eventsPerWait: Int32 = 256

    private let epoll: FileDescriptor
    private let waker: FileDescriptor
    private let alarm: FileDescriptor
    private let memory: UnsafeMutablePointer<epoll_event>
    private var isPrecise = true

    /// Opens the selector; throws when descriptors have run out.
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
        // These two are never read: edge-triggered, each write and each ring is a new event, and
        // the read would be a second system call.
        let interest = EPOLLIN.rawValue | EPOLLET.rawValue
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
    }

    /// What is reported on a descriptor, at its edges.
    private static var everything: UInt32 {
        EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
    }

    package func remind(of descriptor: Int32, token: UInt64) {
        // Whoever changes what is reported, even to what it is, is told what there is now.
        try? control(EPOLL_CTL_MOD, descriptor, EpollSelector.everything, token)
    }

    package func remove(_ descriptor: Int32) {
        // A descriptor closed before it was removed has left the set by itself, so a refusal says
        // nothing that matters.
        var event = epoll_event()
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor, &event)
    }

    package func wait(nanoseconds: Int64?, into events: inout [ReadyEvent]) {
        events.removeAll(keepingCapacity: true)
        let count = wait(nanoseconds: nanoseconds)
        guard count >= 0 else {
            // A signal ends the wait early. Anything else means our own descriptor is broken.
            precondition(errno == EINTR, "The selector's own descriptor was refused.")
            return
        }
        for index in 0..<Int(count) {
            let event = memory[index]
            let token = event.data.u64
            guard token != EpollSelector.ownToken else { continue }
            events.append(ReadyEvent(token: token, readiness: Readiness(epoll: event.events)))
        }
    }

    private func wait(nanoseconds: Int64?) -> Int32 {
        if let nanoseconds, nanoseconds % 1_000_000 != 0, let count = waitPrecisely(nanoseconds) {
            return count
        }
        let timeout = EpollSelector.milliseconds(nanoseconds)
        return epoll_wait(epoll.number, memory, EpollSelector.eventsPerWait, timeout)
    }

    /// Waits for a part of a millisecond; nil on kernels before 5.11, which cannot.
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
        guard count < 0, errno == ENOSYS else { return Int32(truncatingIfNeeded: count) }
        isPrecise = false
        return nil
    }

    /// `epoll_pwait2`, which has this number everywhere, and no name in older headers.
    private static let preciseWait: Int32 = 441

    package func wake() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then a wake-up is pending anyway.
        _ = retryingInterrupted { write(waker.number, &one, MemoryLayout<UInt64>.size) }
    }

    package func setAlarm(after delay: Duration) {
        // A time of nothing would switch it off.
        let nanoseconds = max(1, delay.nanoseconds)
        var time = itimerspec()
        time.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
        time.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
        let result = timerfd_settime(alarm.number, 0, &time, nil)
        precondition(result == 0, "The selector's own alarm was refused.")
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
        if bits & EPOLLIN.rawValue != 0 { readiness.insert(.readable) }
        if bits & EPOLLOUT.rawValue != 0 { readiness.insert(.writable) }
        if bits & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue) != 0 { readiness.insert(.hangup) }
        if bits & EPOLLERR.rawValue != 0 { readiness.insert(.error) }
        self = readiness
    }
}
