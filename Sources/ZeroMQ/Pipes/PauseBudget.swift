internal import ZeroMQReactor

/// How often one end of a stream may spin briefly in the middle of a burst, instead of sleeping.
///
/// Two threads of one process that exchange many messages catch up with each other again and again.
/// Sleeping and being woken each time costs more than the messages do. A pause of two microseconds,
/// after which there is a batch of messages or of room, costs less. Every sixteen messages earn one
/// pause, and only a few pauses can be saved. So an end with little traffic sleeps at once, and an
/// end that waits long sleeps soon.
struct PauseBudget {
    /// The messages that earned pauses so far. The low bits suffice, because only differences
    /// count.
    private var counted: UInt32 = 0
    private var saved: UInt32 = 0

    private static let messagesPerPause: UInt32 = 16
    private static let mostSaved: UInt32 = 16

    /// Pauses if a pause is left, having seen `messages` messages in all. Returns false if it is
    /// time to sleep.
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
