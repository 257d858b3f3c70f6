internal import ZeroMQProtocol

/// What every socket has inside. Opaque: its only use is to make `Socket` conformances possible.
public struct SocketHandle: Sendable {
    @usableFromInline let core: SocketCore
    /// Closes the socket when the last reference to it goes away.
    private let closer: Closer
    let context: Context

    init(_ kind: SocketKind, context: Context) {
        self.context = context
        core = context.core.makeSocket(kind)
        closer = Closer(core)
    }

    private final class Closer: Sendable {
        let core: SocketCore
        init(_ core: SocketCore) { self.core = core }
        deinit { core.closeInBackground() }
    }
}
