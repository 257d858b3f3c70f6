internal import ZeroMQProtocol
internal import ZeroMQReactor

/// What a connection needs only until READY. Freed then, because it is most of its memory.
final class Opening {
    var handshake: Handshake
    /// Bytes of the handshake that the kernel has not taken yet.
    var greeting: [UInt8] = []
    /// The part of our greeting that was not sent yet: see `GreetingPatience`.
    var restOfGreeting: [UInt8] = []
    var greetingTimer: TimerID?
    /// The number of bytes that the peer has sent.
    var received = 0
    /// The size of the part of a greeting that is the same in all versions.
    static let signatureSize = 10
    /// The peer was sent the whole greeting before it had sent its version.
    var isPressed = false
    /// The peer whose READY has arrived, with the bytes behind it, while ours is not sent yet.
    var arrived: (peer: PeerInfo, surplus: [UInt8])?
    /// The socket has a place for that peer.
    var isAdmitted = false
    /// ROUTER: the name under which it knows the peer.
    var routingID: Frame?
    var timer: TimerID?
    /// When it fires, we send our READY without waiting longer for the peer's.
    var holdTimer: TimerID?
    /// The pending question to the authenticator.
    var question: Question?
    /// The authenticator's answer, if it was asked.
    var admission: Admission?

    /// Throws if the kernel provides no random bytes, which encryption needs.
    init(
        kind: SocketKind,
        _ settings: EndpointSettings,
        question: PlaceQuestion,
        comesBack: Bool
    ) throws(SystemError) {
        handshake = Handshake(
            kind: kind,
            identity: Array(settings.options.routingID),
            extraProperties: settings.properties
                + Self.promise(kind, settings, comesBack: comesBack),
            security: try settings.options.handshakeSecurity(),
            question: question,
            limits: settings.limits
        )
    }

    /// Releases the next `count` bytes of our greeting to be sent.
    func releaseGreeting(_ count: Int = .max) {
        greeting += restOfGreeting.prefix(count)
        restOfGreeting = Array(restOfGreeting.dropFirst(count))
    }

    /// Promises to reconnect if the peer may have no place for us, so that it tells us the reason.
    /// Publishers, which have place for everybody, promise what their answers to PINGs mean.
    private static func promise(
        _ kind: SocketKind,
        _ settings: EndpointSettings,
        comesBack: Bool
    ) -> [MetadataProperty] {
        let isNamed = kind.announcesIdentity && !settings.options.routingID.isEmpty
        guard comesBack, kind == .pair || isNamed,
            !settings.properties.contains(where: { $0.isNamed(Metadata.comesBack) })
        else {
            let confirms = InboundPolicy(kind).takesSubscriptions
            return confirms ? [MetadataProperty(name: Metadata.confirms, value: [1])] : []
        }
        return [MetadataProperty(name: Metadata.comesBack, value: [1])]
    }
}
