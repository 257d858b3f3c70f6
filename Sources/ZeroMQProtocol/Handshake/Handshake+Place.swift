/// Whether the owner is asked for a place for the peer, once it has said who it is.
package enum PlaceQuestion: Sendable {
    /// Nobody is asked.
    case never
    /// Where both sides speak at once, our READY does not wait for the answer.
    case afterReady
    /// Our READY waits for the answer, so that a peer that is refused gets ERROR in its place and
    /// never believes that it is connected. For one side of a connection only: two sides would wait
    /// for each other.
    case beforeReady
}

/// The question whether there is a place for a peer, and its answer.
extension Handshake {
    /// There is a place for the peer: the handshake is over when this has been sent.
    package mutating func admitted() -> Step {
        guard let peer = introduced else { preconditionFailure("nobody has introduced itself") }
        introduced = nil
        return Step(consumed: 0, send: takeReady(), outcome: .ready(peer))
    }

    /// There is no place for the peer: what tells it so. Nothing where it would take that for a box
    /// that does not open.
    package func dismissal(saying reason: String) -> [UInt8] {
        owesReady || traffic == nil ? HandshakeCommand.error(saying: reason) : []
    }

    /// Our READY waits for what the peer says of itself.
    package var isHoldingReady: Bool { !heldReady.isEmpty && introduced == nil }

    /// The peer may be one that waits for our READY before it sends its own: what to send now.
    package mutating func releaseReady() -> [UInt8] {
        guard introduced == nil else { return [] }
        isReleased = true
        return takeReady()
    }

    private mutating func takeReady() -> [UInt8] {
        defer { heldReady = [] }
        return heldReady
    }

    var isNull: Bool { security.mechanism == .null }

    var holdsReady: Bool { question == .beforeReady && !isReleased }

    /// Our READY is not out, and the peer can be refused in its place.
    var owesReady: Bool {
        guard question != .never else { return false }
        return isNull ? holdsReady : security.isServer
    }
}
