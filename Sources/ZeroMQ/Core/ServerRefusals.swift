internal import ZeroMQProtocol

/// The connections that fail because a server refuses this socket's credentials.
///
/// Kept only where the options ask for an error. Guarded by the gate of its side.
struct ServerRefusals {
    private var entries: [(pipe: ObjectIdentifier, error: ZeroMQError)] = []
    /// There was a refusal since the last check: every waiter has to check for itself.
    private var isNew = false

    /// What calls throw while a server refuses this socket.
    var error: ZeroMQError? { entries.first?.error }
    var isEmpty: Bool { entries.isEmpty }

    /// Notes that a pipe's connection was refused, or, with nil, that it no longer is.
    mutating func note(_ error: ZeroMQError?, _ pipe: SocketPipe) {
        entries.removeAll { $0.pipe == ObjectIdentifier(pipe) }
        guard let error else { return }
        entries.append((ObjectIdentifier(pipe), error))
        isNew = true
    }

    /// Returns whether there was a new refusal, and clears that.
    mutating func takeNews() -> Bool {
        defer { isNew = false }
        return isNew
    }
}

extension ZeroMQError {
    /// The error for a handshake that ended in this way; nil unless credentials were refused.
    static func refusal(_ end: SessionEnd, at endpoint: Endpoint) -> ZeroMQError? {
        guard case .violation(let error) = end else { return nil }
        switch error.reason {
        // A refusal that may pass is not about credentials.
        case .refusedByPeer(let text) where Refusal.mayPass(text): return nil
        case .authenticationRefused, .refusedByPeer:
            return ZeroMQError(
                .authenticationRefused,
                "the server does not let this socket in: \(DisconnectReason(end))",
                endpoint: endpoint,
                hint: "the socket goes on trying, and calls work again once it is let in"
            )
        default: return nil
        }
    }
}
