internal import ZeroMQReactor

/// Receiving while peers send more than anybody wants to have.
///
/// An attempt passes over so much and no more. It has found nothing then, and the side still
/// `mayProceed`: whoever called lets others in who wait for the gate, and tries again, until its
/// time is over.
extension SocketCore {
    /// How long a call that does not wait looks behind what it passes over, for a message.
    private static var longestLook: Duration { .milliseconds(10) }
    /// The same, for a clock that stands still.
    private static var mostAttempts: Int { 100 }

    /// Makes more attempts, inside the receive gate, and leaves it.
    @inline(never)
    func receiveFurther() throws(ZeroMQError) -> Message? {
        let end = context.clock.now + Self.longestLook
        for _ in 0..<Self.mostAttempts {
            letOthersReceive()
            let message = try attemptReceiveOrLeave()
            guard message == nil, receiving.pointee.mayProceed, context.clock.now < end else {
                leaveReceiver()
                return message
            }
        }
        leaveReceiver()
        return nil
    }

    /// Between two attempts: lets somebody in who waits, and reads what letters have come.
    func letOthersReceive() {
        receiveGate.letOthersIn()
        if receiveGate.hasMail { readReceiverMail() }
    }
}
