internal import ZeroMQReactor

/// Receiving while peers send many messages that the socket skips.
///
/// An attempt skips a limited number. If it has found no message by then, the side still
/// `mayProceed`: the caller lets waiting threads into the gate and tries again until its time is
/// over.
extension SocketCore {
    /// How long a call that does not wait keeps skipping messages in search of one.
    private static var longestLook: Duration { .milliseconds(10) }
    /// The most attempts of such a call, in case the clock stands still.
    private static var mostAttempts: Int { 100 }

    /// Makes further attempts inside the receive gate, then leaves it.
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

    /// Between two attempts: lets a waiting thread in, and reads letters that have arrived.
    func letOthersReceive() {
        receiveGate.letOthersIn()
        if receiveGate.hasMail { readReceiverMail() }
    }
}
