/// What an authenticator says of a peer.
public enum AuthenticationDecision: Sendable, Equatable {
    /// The peer may enter, as this user, who may be nobody in particular.
    ///
    /// The properties appear in the peer's `MessageMetadata` beside those it sent itself.
    case accept(userID: String? = nil, properties: [String: [UInt8]] = [:])
    /// The peer may not enter, and is told so with the status 400. The reason stays here.
    case refuse(reason: String)
    /// The peer may not enter now: it is told nothing and will come back. Status 300.
    case retryLater
    /// The question could not be answered: the peer is told the status 500.
    case fail(reason: String)
}
