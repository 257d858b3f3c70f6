/// How long the connections of an endpoint wait for a peer's version before they send more than the
/// signature. Bound to the loop of its keeper.
///
/// Two kinds of peers look alike until they speak. One of ZMTP 2.0 closes, without a word, when it
/// is sent the whole greeting before it has said its version; and a machine may need any time to
/// come to that. Others say nothing before they have seen the whole greeting. So the first waits
/// are short, and when a peer has gone without a word the next one is given much longer.
struct GreetingPatience {
    /// A peer was sent everything, and closed before it had said its version.
    var isWarned = false
    private let limit: Duration
    private let isCalled: Bool

    /// `isCalled`: peers connect to this side. Who connects begins to speak by itself.
    init(_ options: SocketOptions, isCalled: Bool) {
        limit = options.handshakeTimeout ?? .seconds(30)
        self.isCalled = isCalled
    }

    /// For a peer that has said nothing.
    var forSilence: Duration {
        if isWarned { return limit / 2 }
        return isCalled ? min(.seconds(2), limit / 16) : Self.brief
    }

    /// For a peer that has said the whole signature, and has been sent ours and the version.
    var forVersion: Duration { isWarned ? limit / 2 : min(.milliseconds(500), limit / 16) }

    /// For what any peer that has begun to speak can say at once.
    static let brief = Duration.milliseconds(50)
}
