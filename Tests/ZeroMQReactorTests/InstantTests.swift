import Testing

@testable import ZeroMQReactor

@Suite("Monotonic time")
struct InstantTests {
    @Test("adding a duration beyond the clock's range stops at its end")
    func saturation() {
        let now = Instant(nanoseconds: 1)
        #expect(now + .seconds(Int64.max) == .distantFuture)
        #expect(now + .nanoseconds(5) == Instant(nanoseconds: 6))
        #expect(Instant(nanoseconds: .min) + .seconds(Int64.min) == Instant(nanoseconds: .min))
        #expect(.distantFuture - now == .nanoseconds(Int64.max) - .nanoseconds(1))
    }

    @Test("the system clock does not go back")
    func monotonic() {
        let clock = SystemClock()
        var last = clock.now
        for _ in 0..<1000 {
            let next = clock.now
            #expect(next >= last)
            last = next
        }
    }

    @Test(
        "a wait is rounded up to milliseconds",
        arguments: [
            (nil, -1), (0, 0), (-5, 0), (1, 1), (1_000_000, 1), (1_000_001, 2), (.max, .max),
        ] as [(Int64?, Int32)]
    )
    func rounding(nanoseconds: Int64?, milliseconds: Int32) {
        #expect(EpollSelector.milliseconds(nanoseconds) == milliseconds)
    }
}
