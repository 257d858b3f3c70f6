internal import ZeroMQProtocol
internal import ZeroMQReactor

/// What a connection needs until READY, and not a moment longer: it is most of what it has.
final class Opening {
    var handshake: Handshake
    /// Bytes of the handshake that the kernel has not taken yet.
    var greeting: [UInt8] = []
    /// What has not been said yet of our greeting: see `GreetingPatience`.
    var restOfGreeting: [UInt8] = []
    var greetingTimer: TimerID?
    /// Bytes that the peer has sent.
    var received = 0
    /// The first bytes of a greeting, which are the same in all versions.
    static let signatureSize = 10
    /// The peer was sent everything before it had said its version.
    var isPressed = false
    /// The peer whose READY has arrived, and what came behind it, while ours is not out yet.
    var arrived: (peer: PeerInfo, surplus: [UInt8])?
    /// The socket has a place for that peer.
    var isAdmitted = false
    var timer: TimerID?
    /// Ends our waiting for the peer's READY before we send ours.
    var holdTimer: TimerID?
    /// What the authenticator has been asked and has not answered.
    var question: Question?
    /// What the authenticator said of the peer, if it was asked.
    var admission: Admission?

    /// Throws if the kernel gives no random bytes, without which nothing can be encrypted.
    init(
        kind: SocketKind,
        _ settings: EndpointSettings,
        question: PlaceQuestion,
        comesBack: Bool
    ) throws(SystemError) {
        handshake = Handshake(
            kind: kind,
            identity: settings.options.routingID,
            extraProperties: settings.properties
                + Self.promise(kind, settings, comesBack: comesBack),
            security: try settings.options.handshakeSecurity(),
            question: question,
            limits: settings.limits
        )
    }

    /// Lets more of our greeting go out: so many bytes, or all.
    func releaseGreeting(_ count: Int = .max) {
        greeting += restOfGreeting.prefix(count)
        restOfGreeting = Array(restOfGreeting.dropFirst(count))
    }

    /// Where there may be no place for us, we say that we come back, so that we are told why.
    private static func promise(
        _ kind: SocketKind,
        _ settings: EndpointSettings,
        comesBack: Bool
    ) -> [MetadataProperty] {
        let isNamed = kind.announcesIdentity && !settings.options.routingID.isEmpty
        guard comesBack, kind == .pair || isNamed,
            !settings.properties.contains(where: { $0.isNamed(Metadata.comesBack) })
        else { return [] }
        return [MetadataProperty(name: Metadata.comesBack, value: [1])]
    }
}
