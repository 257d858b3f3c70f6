internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Why a connection ended or could not be made.
///
/// Text that came from a peer is escaped, so that it may be printed.
public enum DisconnectReason: Hashable, Sendable {
    /// This side closed, disconnected or unbound.
    case local
    /// This side gave up a request that the connection carried, and with it a late reply.
    case requestGivenUp
    /// The peer closed its end, or its process ended.
    case closedByPeer
    /// READY was not in when the time for the whole handshake was up.
    case handshakeTimeout
    /// Too many handshakes were unfinished; the oldest gives way.
    case tooManyHandshakes
    /// The first bytes were not those of ZMTP; what they look like.
    case notZMTP(seen: String)
    /// The peer speaks a version of ZMTP before 3.0.
    case legacyPeer(version: String)
    /// The two sides want different security mechanisms, such as NULL and CURVE.
    case mechanismMismatch(ours: String, theirs: String)
    /// The peer sent this command where the protocol has no place for it.
    case unexpectedCommand(String)
    /// The peer sent this command in a form that it does not have.
    case malformedCommand(String)
    /// The properties in the peer's handshake cannot be read; what is wrong with them.
    case invalidMetadata(String)
    /// The types of the two sockets do not go together.
    case incompatibleSocketType(ours: String, theirs: String)
    /// Another live peer has the same routing id.
    case duplicateIdentity
    /// PAIR has a peer already.
    case surplusPeer
    /// Both sides are clients, or both are servers, of the security mechanism.
    case roleConflict(String)
    /// The peer sent ERROR, with this text.
    case refusedByPeer(String)
    /// An authenticator refused the credentials, with this status of ZAP: `300`, `400` or `500`.
    case authenticationRefused(code: String)
    /// A box did not open.
    case cryptographic
    /// A nonce was repeated or went backwards.
    case invalidSequence
    /// The peer asked for more than a limit allows.
    case limitExceeded(String)
    /// The peer was silent for longer than was agreed.
    case heartbeat
    /// The host name has no address now.
    case resolutionFailed(String)
    /// The system reported an error: its number and name.
    case systemError(Int32, name: String)
}

extension DisconnectReason {
    /// Nobody listens at the address that was called.
    var isRefusedConnection: Bool { self == DisconnectReason(.connectionRefused) }

    init(_ error: SystemError) {
        self = .systemError(error.errno, name: error.name)
    }

    init(_ end: SessionEnd) {
        switch end {
        case .local: self = .local
        case .requestGivenUp: self = .requestGivenUp
        case .closedByPeer: self = .closedByPeer
        case .system(let error): self.init(error)
        case .violation(let error): self.init(error)
        case .crowdedOut: self = .tooManyHandshakes
        case .refused(.duplicateIdentity): self = .duplicateIdentity
        case .refused(.surplusPeer): self = .surplusPeer
        case .refused(.limitExceeded(let limit)): self = .limitExceeded(limit.rawValue)
        case .refused(.closing): self = .local
        }
    }

    init(_ error: ProtocolError) {
        switch error.reason {
        case .handshakeTimeout: self = .handshakeTimeout
        case .notZMTP(let seen): self = .notZMTP(seen: "\(seen)")
        case .legacyPeer(let version): self = .legacyPeer(version: "\(version)")
        case .mechanismMismatch(let ours, let theirs):
            self = .mechanismMismatch(ours: ours, theirs: theirs)
        case .unexpectedCommand(let name): self = .unexpectedCommand(name)
        case .malformedCommand(let name): self = .malformedCommand(name)
        case .invalidMetadata(let fault): self = .invalidMetadata(fault.rawValue)
        case .incompatibleSocketType(let ours, let theirs):
            self = .incompatibleSocketType(ours: ours.wireName, theirs: theirs)
        case .duplicateIdentity: self = .duplicateIdentity
        case .roleConflict(let role): self = .roleConflict(role.rawValue)
        case .refusedByPeer(let text): self = .refusedByPeer(text)
        case .authenticationRefused(let code): self = .authenticationRefused(code: code)
        case .cryptographic: self = .cryptographic
        case .invalidSequence: self = .invalidSequence
        case .limitExceeded(let limit): self = .limitExceeded(limit.rawValue)
        case .heartbeat: self = .heartbeat
        case .closedByPeer: self = .closedByPeer
        }
    }
}

extension DisconnectReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .local: "closed by this side"
        case .requestGivenUp: "closed by this side, which gave its request up"
        case .closedByPeer: "closed by the peer"
        case .handshakeTimeout: "the handshake took too long"
        case .tooManyHandshakes: "too many handshakes were unfinished"
        case .notZMTP(let seen): "the peer does not speak ZMTP: \(seen)"
        case .legacyPeer(let version): "the peer speaks ZMTP \(version), which is before 3.0"
        case .mechanismMismatch(let ours, let theirs):
            "the security mechanisms differ: ours is \(ours), the peer's \(theirs)"
        case .unexpectedCommand(let name): "the peer sent \(name) where it does not belong"
        case .malformedCommand(let name): "the peer sent a malformed \(name)"
        case .invalidMetadata(let fault): "the peer's metadata is invalid: \(fault)"
        case .incompatibleSocketType(let ours, let theirs):
            "a \(theirs) socket cannot talk to a \(ours) socket"
        case .duplicateIdentity: "another peer has the same routing id"
        case .surplusPeer: "a PAIR socket has one peer at a time"
        case .roleConflict(let role): "both sides are \(role) of the security mechanism"
        case .refusedByPeer(let text): "refused by the peer: \(text)"
        case .authenticationRefused(let code): "authentication was refused with status \(code)"
        case .cryptographic: "a cryptographic check failed"
        case .invalidSequence: "a nonce did not increase"
        case .limitExceeded(let limit): "too many \(limit)"
        case .heartbeat: "the peer has been silent for too long"
        case .resolutionFailed(let text): "the name could not be resolved: \(text)"
        case .systemError(let number, let name):
            "the system reported \(name)" + (DescriptorLimit.hint(for: number) ?? "")
        }
    }
}
