internal import ZeroMQReactor

/// How much one attempt to receive may skip inside the receive gate: messages that nobody
/// subscribed to, requests without an envelope, late replies.
///
/// Peers decide how many of these arrive and for how long. So an attempt ends after a while; its
/// caller lets other threads into the gate and checks its deadline before it tries again: see
/// `SocketCore.receiveFurther`. A message of many frames counts as many messages of one frame.
struct PassingBudget {
    /// Frames between two readings of the clock, each of which costs about as much as one frame.
    private static let step = 16
    /// The most frames in all, in case the clock stands still.
    private static let most = 100_000
    static var time: Duration { .milliseconds(1) }

    private var frames = 0
    private var nextLook = step
    private var end: Instant?

    /// Notes that a message of `count` frames was skipped. Returns whether there is time for
    /// another.
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
