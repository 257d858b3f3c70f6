internal import CLibrary

/// A point on a clock that never goes back and has no relation to the time of day.
package struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since the clock's own start.
    package var nanoseconds: Int64

    /// A point this many nanoseconds after the clock's beginning.
    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// An instant that is never reached.
    package static let distantFuture = Instant(nanoseconds: .max)

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// A later instant; beyond the clock's range, the distant future.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.nanoseconds)
        guard overflow else { return Instant(nanoseconds: sum) }
        return Instant(nanoseconds: duration < .zero ? .min : .max)
    }

    /// The time from one instant to another.
    package static func - (later: Instant, earlier: Instant) -> Duration {
        .nanoseconds(later.nanoseconds) - .nanoseconds(earlier.nanoseconds)
    }
}

extension Duration {
    /// This duration in whole nanoseconds, limited to 64 bits.
    package var nanoseconds: Int64 {
        // Checked first: `components` of a duration beyond 2⁶³ seconds would trap.
        if self >= .nanoseconds(Int64.max) { return .max }
        if self <= .nanoseconds(Int64.min) { return .min }
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

/// A source of instants; tests have one that is moved by hand.
package protocol MonotonicClock: Sendable {
    /// The current instant.
    var now: Instant { get }
}

/// The kernel's monotonic clock, which setting the wall clock does not affect.
package struct SystemClock: MonotonicClock {
    /// Makes the clock; all instances read the same one.
    package init() {}

    package var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
