import Testing
import ZeroMQProtocol

/// A socket of ours and one of libzmq's that may talk, and who speaks in which direction.
struct Pairing: Sendable, CustomTestStringConvertible {
    let ours: SocketKind
    let theirs: SocketKind

    var testDescription: String { "our \(ours.wireName), their \(theirs.wireName)" }

    /// Every pair that the handshake allows, taken from the table of types.
    static let all = SocketKind.allCases.flatMap { ours in
        SocketKind.allCases.filter { ours.accepts($0) }.map { Pairing(ours: ours, theirs: $0) }
    }

    var weSend: Bool { Self.sends(ours, to: theirs) }
    var theySend: Bool { Self.sends(theirs, to: ours) }

    /// Who has to speak first: a requester before a replier, anybody before a ROUTER.
    var weBegin: Bool {
        if !theySend { return true }
        if !weSend { return false }
        if ours == .request || theirs == .reply { return true }
        if theirs == .request || ours == .reply { return false }
        return theirs == .router
    }

    private static func sends(_ kind: SocketKind, to peer: SocketKind) -> Bool {
        switch kind {
        case .pull, .subscriber, .xSubscriber: false
        case .pair, .publisher, .request, .reply, .dealer, .router, .push, .xPublisher: true
        case .stream: false
        }
    }

    // MARK: Envelopes

    /// The frames an application has to put before a message so that it reaches the peer.
    static func sendPrefix(from kind: SocketKind, to peer: SocketKind, named id: [UInt8])
        -> [[UInt8]]
    {
        switch (kind, peer) {
        case (.router, .request): [id, []]
        case (.router, _): [id]
        case (.dealer, .reply): [[]]
        default: []
        }
    }

    /// The frames an application finds before a message from the peer.
    static func receivePrefix(at kind: SocketKind, from peer: SocketKind, named id: [UInt8])
        -> [[UInt8]]
    {
        sendPrefix(from: kind, to: peer, named: id)
    }
}
