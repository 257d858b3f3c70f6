/// Questions to a publisher whether it has applied the changes of subscription sent before them.
///
/// A question is a PING whose context names it; its answer is the PONG. Publishers that apply the
/// changes before they answer say so in their READY, and one answer is exact. libzmq answers while
/// the changes that it read together with the PING have not been passed on to its application's
/// thread, and passes them on before it reads the next bytes. So it is asked again when it has
/// answered, and the second answer counts. Answers to anything else are ignored: a stranger may
/// send whatever it likes.
struct SubscriptionInquiry {
    enum Step: Equatable {
        /// Send another PING, with this context.
        case askAgain(UInt64)
        /// Everything that was sent before this question is in force.
        case confirmed(UInt64)
    }

    /// The greatest numbers of the questions that were sent, sent again, and confirmed; 0 for none.
    private var asked: UInt64 = 0
    private var askedAgain: UInt64 = 0
    private var confirmed: UInt64 = 0

    /// The context of the newest question without an answer. Heartbeats ask it too: libzmq forgets
    /// an answer that it could not write when the next PING comes.
    var openContext: UInt64? {
        asked > confirmed ? Self.context(asked, isAgain: askedAgain == asked) : nil
    }

    /// The question was sent.
    mutating func asked(_ number: UInt64) { asked = number }

    /// The peer will not answer.
    mutating func settle() { confirmed = asked }

    /// A PONG came with this context.
    ///
    /// Each question is repeated once only, so what is sent grows with our own questions and not
    /// with the peer's answers.
    mutating func answered(_ context: UInt64, isExact: Bool) -> Step? {
        let (number, isAgain) = (context >> 1, context & 1 == 1)
        guard number > confirmed, number <= asked else { return nil }
        if isAgain || isExact {
            guard isExact || number <= askedAgain else { return nil }
            confirmed = number
            return .confirmed(number)
        }
        guard number > askedAgain else { return nil }
        askedAgain = number
        return .askAgain(Self.context(number, isAgain: true))
    }

    /// The eight bytes that a PING carries, as a number.
    static func context(_ number: UInt64, isAgain: Bool) -> UInt64 {
        number << 1 | (isAgain ? 1 : 0)
    }
}
