import Glibc
import Testing
import ZeroMQTestSupport

@testable import ZeroMQReactor

/// What a filter of a sandbox may answer, and what the kernel answers when memory has run out.
private let refusals = [EPERM, ENOSYS, EACCES, ENOMEM, EINVAL, EIO]

/// The calls of loops and sleepers, on a thread of which the kernel takes some away.
@Suite("Calls that are refused after the start")
struct RefusedCallTests {
    /// Does something on a thread that loses a call first, and waits for the outcome.
    private func losing<Value: Sendable>(
        _ call: SystemFilter.Call,
        _ errno: Int32,
        _ body: @escaping @Sendable () -> Value
    ) throws -> Value {
        let outcome = Shared<Value?>(nil)
        let isFiltered = Shared(false)
        let thread = try SystemThread.start(name: "filtered") {
            let isDone = SystemFilter.refuse(call, with: errno, for: .thread)
            isFiltered.update { $0 = isDone }
            let value = body()
            outcome.update { $0 = value }
        }
        try #require(thread.join(until: patience))
        try #require(isFiltered.value)
        return try #require(outcome.value)
    }

    private static func poll(_ selector: EpollSelector, _ nanoseconds: Int64?) -> [ReadyEvent] {
        var events: [ReadyEvent] = []
        selector.wait(nanoseconds: nanoseconds, into: &events)
        return events
    }

    /// A selector that reports on a pipe with something in it, under the number 7.
    private struct Rig: Sendable {
        let selector: EpollSelector
        let (end, other): (Int32, Int32)

        init() throws {
            selector = try EpollSelector()
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            (end, other) = (ends[0], ends[1])
            try selector.add(end, token: 7)
            #expect(write(other, "x", 1) == 1)
        }

        func close() { for number in [end, other] { Glibc.close(number) } }
    }

    @Test(
        "a selector that cannot wait part of a millisecond waits a whole one",
        arguments: refusals
    )
    func preciseWait(errno: Int32) throws {
        let selector = try EpollSelector()
        let rig = try Rig()
        defer { rig.close() }
        let seen = try losing(.preciseWait, errno) {
            let start = SystemClock().now
            let nothing = Self.poll(selector, 1_500_000)
            return (nothing, SystemClock().now - start, Self.poll(rig.selector, 1_500_000))
        }
        #expect(seen.0 == [] && seen.1 >= .microseconds(1500))
        #expect(seen.2.map(\.token) == [7])
    }

    @Test("a selector that cannot wait asks about each descriptor", arguments: refusals)
    func waiting(errno: Int32) throws {
        let rig = try Rig()
        defer { rig.close() }
        let seen = try losing(.epollWait, errno) {
            let events = Self.poll(rig.selector, 1_000_000_000)
            rig.selector.remove(rig.end)
            return (events, Self.poll(rig.selector, 1_000_000))
        }
        #expect(seen.0 == [ReadyEvent(token: 7, readiness: .readable)])
        #expect(seen.1 == [])
    }

    @Test("a selector that may not even ask goes on without news, and does not spin")
    func blindness() throws {
        let rig = try Rig()
        defer { rig.close() }
        let duration = try losing(.epollWait, EPERM) {
            guard SystemFilter.refuse(.poll, with: EPERM, for: .thread) else {
                return Duration.zero
            }
            let start = SystemClock().now
            for _ in 0..<20 { _ = Self.poll(rig.selector, nil) }
            return SystemClock().now - start
        }
        #expect(duration >= .milliseconds(20))
    }

    @Test("an alarm that the kernel refuses rings all the same", arguments: refusals)
    func alarm(errno: Int32) throws {
        let selector = try EpollSelector()
        let duration = try losing(.setAlarm, errno) {
            let start = SystemClock().now
            selector.setAlarm(after: .milliseconds(20))
            // The first wait may end early, because the alarm was set. Without an alarm the last
            // of them would not end.
            while SystemClock().now - start < .milliseconds(20) { _ = Self.poll(selector, nil) }
            return SystemClock().now - start
        }
        #expect(duration < .seconds(5))
        // It is over. A later one that the kernel takes is the only one then.
        selector.setAlarm(after: .milliseconds(1))
        #expect(Self.poll(selector, nil) == [])
        #expect(Self.poll(selector, 1_000_000) == [])
    }

    @Test("a refused alarm that another thread sets ends a wait", arguments: refusals)
    func alarmElsewhere(errno: Int32) throws {
        let selector = try EpollSelector()
        let isOver = Shared(false)
        let waiter = try SystemThread.start(name: "waiter") {
            let start = SystemClock().now
            while SystemClock().now - start < .milliseconds(30) { _ = Self.poll(selector, nil) }
            isOver.update { $0 = true }
        }
        while !isOver.value {
            try losing(.setAlarm, errno) { selector.setAlarm(after: .milliseconds(5)) }
        }
        waiter.join()
    }

    @Test("a wake-up that cannot be written arrives", arguments: refusals)
    func wakeUp(errno: Int32) throws {
        let selector = try EpollSelector()
        for _ in 0..<3 {
            try losing(.write, errno) { selector.wake() }
            // Without the wake-up this wait would not end.
            #expect(Self.poll(selector, nil) == [])
        }
        #expect(Self.poll(selector, 0) == [])
    }

    @Test("a reminder that the kernel refuses is given all the same", arguments: refusals)
    func reminder(errno: Int32) throws {
        let rig = try Rig()
        defer { rig.close() }
        #expect(Self.poll(rig.selector, 0).map(\.token) == [7])
        try losing(.epollControl, errno) { rig.selector.remind(of: rig.end, token: 7) }
        #expect(Self.poll(rig.selector, nil).map(\.token) == [7])
        #expect(Self.poll(rig.selector, 0) == [])
    }

    @Test("a barrier that the kernel refuses is outlasted", arguments: refusals)
    func barrier(errno: Int32) throws {
        let fence = AsymmetricFence.current
        try #require(fence.isAsymmetric)
        try losing(.barrier, errno) { for _ in 0..<20 { fence.heavy() } }
    }

    @Test("a poller of descriptors reports and is woken where it cannot wait", arguments: refusals)
    func descriptorPoller(errno: Int32) throws {
        let poller = try DescriptorPoller()
        let rig = try Rig()
        defer { rig.close() }
        try poller.add(rig.end, token: 5, interest: .readable)
        try poller.add(rig.other, token: 6, interest: .writable)
        let seen = try losing(.epollWait, errno) {
            var events: [ReadyEvent] = []
            poller.wait(nanoseconds: nil, into: &events)
            return Set(events)
        }
        let wanted = [
            ReadyEvent(token: 5, readiness: .readable), ReadyEvent(token: 6, readiness: .writable),
        ]
        #expect(seen == Set(wanted))
        for number in [rig.end, rig.other] { poller.remove(number) }
        var events: [ReadyEvent] = []
        for _ in 0..<2 {
            try losing(.write, errno) { poller.signal() }
            // Without the signal this wait would not end, and it is on until it is cleared.
            for _ in 0..<2 { poller.wait(nanoseconds: nil, into: &events) }
            poller.clearSignal()
            let start = SystemClock().now
            poller.wait(nanoseconds: 5_000_000, into: &events)
            #expect(SystemClock().now - start >= .milliseconds(5))
        }
        #expect(events == [])
    }
}
