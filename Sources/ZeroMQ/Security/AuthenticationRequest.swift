internal import ZeroMQProtocol

/// Who wants to enter, as far as a connection can tell.
public struct AuthenticationRequest: Sendable {
    /// What a peer shows, by mechanism.
    public enum Credentials: Sendable, Equatable {
        /// Nothing: there is only the address to judge.
        case none
        /// A name and a password, bytes of any value. Compare passwords with `matches`.
        case plain(user: [UInt8], password: [UInt8])
        /// A key that the peer has proved to own.
        case curve(CurvePublicKey)
    }

    /// What the peer shows.
    public let credentials: Credentials
    /// Where the peer is, without a port: `127.0.0.1`, `::1`, or `localhost` for ipc.
    public let address: String
    /// The socket's `authenticationDomain`.
    public let domain: String
    /// The routing id of the socket that is asked for, not of the peer.
    public let routingID: Frame

    /// The mechanism as it is called on the wire: `NULL`, `PLAIN` or `CURVE`.
    public var mechanism: String {
        switch credentials {
        case .none: "NULL"
        case .plain: "PLAIN"
        case .curve: "CURVE"
        }
    }
}

extension AuthenticationRequest.Credentials: CustomStringConvertible {
    /// The credentials without the password.
    public var description: String {
        switch self {
        case .none: "none"
        case .plain(let user, _): "PLAIN \(Escaping.text(user))"
        case .curve(let key): "CURVE \(key)"
        }
    }
}
