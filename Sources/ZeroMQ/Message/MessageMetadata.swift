internal import ZeroMQProtocol

/// What is known of the peer that a message came from; see `Message.metadata`.
public struct MessageMetadata: Hashable, Sendable {
    /// The peer's address, as the system gives it; for inproc the endpoint.
    ///
    /// C: `Peer-Address`.
    public let peerAddress: String

    /// The peer's socket type as it is called on the wire, such as `DEALER`.
    ///
    /// C: `Socket-Type`.
    public let socketType: String

    /// The routing id that the peer chose for itself; empty if it chose none.
    ///
    /// C: `Identity`, `Routing-Id`.
    public let routingID: Frame

    /// Who the peer is, as its authentication found out; nil without authentication.
    ///
    /// C: `User-Id`.
    public let userID: String?

    /// The CURVE key that the peer has proved to own; nil under other mechanisms.
    ///
    /// No C constant.
    public let publicKey: CurvePublicKey?

    /// Everything else that was said of the peer, by name: by the authenticator, and by the peer
    /// itself in the handshake. Where both use a name, the authenticator is believed.
    ///
    /// C: `ZMQ_METADATA`. See `SocketOptions.applicationMetadata`.
    public let properties: [String: Frame]

    /// The value of a property. The case of ASCII letters in the name does not matter.
    ///
    /// C: `zmq_msg_gets`.
    public subscript(name: String) -> Frame? {
        properties[name]
            ?? properties.first { $0.key.lowercased() == name.lowercased() }?.value
    }

    init(_ peer: PeerDescription) {
        peerAddress = peer.address
        socketType = peer.kind.wireName
        routingID = Frame(peer.identity)
        userID = peer.admission?.userID
        publicKey = peer.admission?.publicKey
        let judged = (peer.admission?.properties ?? [:]).map { ($0.key, Frame($0.value)) }
        let said = peer.properties.map { ($0.name, Frame($0.value)) }
        properties = Dictionary(judged + said) { first, _ in first }
    }
}

/// A message of which it is known where it came from.
@usableFromInline
final class DescribedMessage: Sendable {
    /// As an array whatever their number: so the paths of ordinary messages stay as short as they
    /// are.
    @usableFromInline let frames: [Frame]
    let metadata: MessageMetadata

    init(_ message: Message, _ metadata: MessageMetadata) {
        frames = Array(message)
        self.metadata = metadata
    }
}

extension Message {
    /// What is known of the peer that the message came from.
    ///
    /// Nil unless the message was received by a socket whose `describesMessages` is set. A message
    /// that is sent on carries none of it; two messages are equal if their frames are.
    ///
    /// C: `zmq_msg_gets`.
    public var metadata: MessageMetadata? {
        if case .described(let described) = body { described.metadata } else { nil }
    }

    func described(by metadata: MessageMetadata?) -> Message {
        guard let metadata else { return self }
        return Message(body: .described(DescribedMessage(self, metadata)))
    }
}

extension Message {
    /// The frames of a message that is kept as an array, as all are that have several.
    @inline(__always)
    var frameArray: [Frame]? {
        switch body {
        case .frames(let frames): frames
        case .described(let described): described.frames
        case .inline, .shared: nil
        }
    }
}
