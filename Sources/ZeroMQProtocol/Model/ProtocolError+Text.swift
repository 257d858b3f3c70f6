extension ProtocolError: CustomStringConvertible {
    /// A sentence for people, without a full stop.
    package var description: String {
        switch reason {
        case .handshakeTimeout: "the handshake took too long"
        case .notZMTP(let seen): "the peer does not speak ZMTP; \(seen)"
        case .legacyPeer(let version): "the peer speaks ZMTP \(version), which is too old"
        case .mechanismMismatch(let ours, let theirs):
            "our security mechanism is \(ours), the peer's is \(theirs)"
        case .unexpectedCommand(let name): "\(name) is not allowed at this point"
        case .malformedCommand(let name): "the command \(name) is malformed"
        case .invalidMetadata(let fault): "the peer's metadata is invalid: \(fault.rawValue)"
        case .incompatibleSocketType(let ours, let theirs):
            "\(ours.wireName) cannot talk to \(theirs)"
        case .duplicateIdentity: "another peer has the same identity"
        case .roleConflict(let role): "both sides are \(role.rawValue) of the security mechanism"
        case .refusedByPeer(let text): "the peer refused the connection: \(text)"
        case .authenticationRefused(let code): "authentication was refused with status \(code)"
        case .cryptographic: "an encrypted command could not be opened"
        case .invalidSequence: "an encrypted message was repeated or out of order"
        case .limitExceeded(let limit): "the peer exceeded the limit on \(limit.rawValue)"
        case .heartbeat: "the peer was silent for too long"
        case .closedByPeer: "the peer closed the connection"
        }
    }

    /// What to look at first, where there is something to say.
    package var hint: String? {
        switch reason {
        case .notZMTP(let seen): seen.hint
        case .legacyPeer: "update the peer to libzmq 4.0 or later"
        case .mechanismMismatch: "configure the same security mechanism on both sides"
        case .incompatibleSocketType(let ours, _): Self.partnerHint(for: ours)
        case .roleConflict: "one side has to be the server, whether it binds or connects"
        case .duplicateIdentity: "give each peer its own identity, or allow hand-over"
        case .handshakeTimeout: "the peer may not be a ZeroMQ socket, or may be overloaded"
        case .limitExceeded: "raise the limit if the peer can be trusted"
        default: nil
        }
    }

    private static func partnerHint(for kind: SocketKind) -> String {
        let names = kind.partners.map(\.wireName).joined(separator: ", ")
        return "legal partners of \(kind.wireName): \(names.isEmpty ? "none" : names)"
    }
}
