internal import Synchronization
internal import ZeroMQProtocol

/// One connection of a socket, and who is at its other end, as far as that is known.
///
/// The events of a connection name it from its beginning to its end, and `Socket.peers` lists those
/// whose handshake is complete. The same connection always has the same `id`; what is known of the
/// peer grows during the handshake.
///
/// C: the fields of a monitor event, and `zmq_msg_gets`.
public struct Peer: Identifiable, Hashable, Sendable {
    /// The number of the connection. No other connection of this process has it, at any time.
    ///
    /// Each end counts for itself: two sockets of one process know their connection under two
    /// numbers.
    public let id: UInt64
    /// By reference, because events and lists hold many copies.
    private let details: Details

    private final class Details: Hashable, Sendable {
        let address: String
        let socketType: String
        let routingID: Frame
        let userID: String?
        let publicKey: CurvePublicKey?

        init(
            address: String,
            socketType: String = "",
            routingID: Frame = Frame(),
            userID: String? = nil,
            publicKey: CurvePublicKey? = nil
        ) {
            self.address = address
            self.socketType = socketType
            self.routingID = routingID
            self.userID = userID
            self.publicKey = publicKey
        }

        static func == (left: Details, right: Details) -> Bool {
            left === right
                || left.address == right.address && left.socketType == right.socketType
                    && left.routingID == right.routingID && left.userID == right.userID
                    && left.publicKey == right.publicKey
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(address)
            hasher.combine(routingID)
        }
    }

    /// The peer's address, as the system gives it; where it gives none, as for ipc and inproc, the
    /// endpoint.
    public var address: String { details.address }

    /// The peer's socket type as it is called on the wire, such as `DEALER`; empty until the peer
    /// has said it.
    public var socketType: String { details.socketType }

    /// The routing id under which the socket knows the peer; empty if there is none.
    ///
    /// At a ROUTER or STREAM the one to send to, whichever side chose it. At other sockets the one
    /// that the peer chose. Empty until the handshake is complete.
    public var routingID: Frame { details.routingID }

    /// Who the peer is, as the authenticator says; nil if it was not asked, or does not say.
    ///
    /// Of a peer that was not let in: who it claimed to be, under PLAIN.
    public var userID: String? { details.userID }

    /// The CURVE key that the peer has proved to own; nil under other mechanisms, and before.
    public var publicKey: CurvePublicKey? { details.publicKey }

    /// A connection that begins. `address` may be empty.
    init(address: String, at endpoint: Endpoint) {
        id = Self.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
        details = Details(address: address.isEmpty ? endpoint.description : address)
    }

    private init(_ id: UInt64, _ details: Details) { (self.id, self.details) = (id, details) }

    /// Relaxed: the numbers only have to differ.
    private static let lastNumber = Atomic<UInt64>(0)

    /// The same connection, when its peer has shown who it is.
    func identified(asUser userID: String?, _ publicKey: CurvePublicKey?) -> Peer {
        guard userID != nil || publicKey != nil else { return self }
        return Peer(
            id,
            Details(
                address: address,
                socketType: socketType,
                routingID: routingID,
                userID: userID,
                publicKey: publicKey
            )
        )
    }

    /// The same connection, when its handshake is complete.
    func introduced(as kind: SocketKind, routingID: Frame) -> Peer {
        Peer(
            id,
            Details(
                address: address,
                socketType: kind.wireName,
                routingID: routingID,
                userID: userID,
                publicKey: publicKey
            )
        )
    }
}

extension Peer: CustomStringConvertible {
    /// What is known, as text for a log. What the peer chose is escaped.
    public var description: String {
        var text = "#\(id) at \(address)"
        if !socketType.isEmpty { text += ", \(socketType)" }
        if !routingID.isEmpty { text += ", routing id \(routingID)" }
        if let userID { text += ", user \(Escaping.text(userID.utf8))" }
        if let publicKey { text += ", key \(publicKey.z85)" }
        return text
    }
}
