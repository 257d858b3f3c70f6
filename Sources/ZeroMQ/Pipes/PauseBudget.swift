internal import ZeroMQReactor

/// How often one end of a stream may pause in the middle of a burst, in place of going to sleep.
///
/// Two threads of one process that exchange many messages catch up with each other again and
/// again. To sleep and be woken each time costs both of them more than the messages do; a pause of
/// two microseconds, after which there is a batch of messages or of room, costs less. One pause is
/// earned by every sixteen messages and few can be saved, so that an end where little happens
/// sleeps at once, and one that waits for long does soon.
struct PauseBudget {
    /// Messages, of which the lower bits are enough: only differences count.
    private var counted: UInt32 = 0
    private var saved: UInt32 = 0

    private static let messagesPerPause: UInt32 = 16
    private static let mostSaved: UInt32 = 16

    /// Pauses, if it may, after `messages` messages in all. False if it is time to sleep.
    @inline(never)
    mutating func pause(after messages: UInt64) -> Bool {
        let earned = (UInt32(truncatingIfNeeded: messages) &- counted) / Self.messagesPerPause
        counted &+= earned &* Self.messagesPerPause
        saved = min(saved &+ min(earned, Self.mostSaved), Self.mostSaved)
        guard saved > 0, SystemThread.pausesHelp else { return false }
        saved &-= 1
        SystemThread.pause()
        return true
    }
}
