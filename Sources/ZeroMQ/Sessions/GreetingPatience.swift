/// How long the connections of an endpoint wait for the peer's version before they send more than
/// the signature. Bound to its owner's loop.
///
/// Two kinds of peers look alike until they speak. A peer of ZMTP 2.0 closes, without a word, if it
/// is sent the whole greeting before it has sent its version, and a slow machine may take any time
/// to send it. Other peers send nothing until they have seen the whole greeting. So the first waits
/// are short; after a peer has closed without a word, the next one is given much longer.
struct GreetingPatience {
    /// A peer was sent the whole greeting and closed before it had sent its version.
    var isWarned = false
    private let limit: Duration
    private let isCalled: Bool

    /// `isCalled`: peers connect to this side. A peer that connects sends first.
    init(_ options: SocketOptions, isCalled: Bool) {
        limit = options.handshakeTimeout ?? .seconds(30)
        self.isCalled = isCalled
    }

    /// For a peer that has sent nothing.
    var forSilence: Duration {
        if isWarned { return limit / 2 }
        return isCalled ? min(.seconds(2), limit / 16) : Self.brief
    }

    /// For a peer that has sent the whole signature, and has been sent ours and our version.
    var forVersion: Duration { isWarned ? limit / 2 : min(.milliseconds(500), limit / 16) }

    /// For bytes that any peer sends at once when it has begun to send.
    static let brief = Duration.milliseconds(50)
}
