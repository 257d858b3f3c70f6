internal import ZeroMQProtocol

/// Which connections cannot come about because a server refuses this socket's credentials.
///
/// Kept only where the options ask for an error. Guarded by the gate of its side.
struct ServerRefusals {
    private var entries: [(pipe: ObjectIdentifier, error: ZeroMQError)] = []
    /// Somebody was refused since the last look: all who wait are to look for themselves.
    private var isNew = false

    /// What calls throw while it is so.
    var error: ZeroMQError? { entries.first?.error }
    var isEmpty: Bool { entries.isEmpty }

    /// Notes that a pipe's connection was refused, or with nil that it is not any more.
    mutating func note(_ error: ZeroMQError?, _ pipe: SocketPipe) {
        entries.removeAll { $0.pipe == ObjectIdentifier(pipe) }
        guard let error else { return }
        entries.append((ObjectIdentifier(pipe), error))
        isNew = true
    }

    /// Whether there was news; there is none after that.
    mutating func takeNews() -> Bool {
        defer { isNew = false }
        return isNew
    }
}

extension ZeroMQError {
    /// The error for a handshake that ended like this; nil unless credentials were refused.
    static func refusal(_ end: SessionEnd, at endpoint: Endpoint) -> ZeroMQError? {
        guard case .violation(let error) = end else { return nil }
        switch error.reason {
        // Credentials have nothing to do with it.
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
