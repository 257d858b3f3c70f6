internal import ZeroMQReactor

/// How much one attempt to receive passes over, inside the receive gate, of what its application
/// is not to have: what nobody subscribed to, requests without an envelope, replies that come late.
///
/// How much of that there is, and how long it goes on, peers decide. So an attempt ends after a
/// while, and whoever made it lets others in and looks at its deadline before it makes the next;
/// see `SocketCore.receiveFurther`. A message of many frames takes as long as many of one.
struct PassingBudget {
    /// Frames between two looks at the clock, which costs about as much as one of them.
    private static let step = 16
    /// Frames in all, for a clock that stands still.
    private static let most = 100_000
    static var time: Duration { .milliseconds(1) }

    private var frames = 0
    private var nextLook = step
    private var end: Instant?

    /// Notes that a message of so many frames was passed over. Whether there is time for another.
    @inline(never)
    mutating func allows(_ count: Int, _ clock: some MonotonicClock) -> Bool {
        frames += max(1, count)
        guard frames >= nextLook else { return true }
        nextLook = frames + Self.step
        let now = clock.now
        guard let end else {
            self.end = now + Self.time
            return true
        }
        return now < end && frames < Self.most
    }
}
