internal import ZeroMQReactor

/// Decides who may enter: a closure, or one of the ready-made rules.
///
/// Anything but a clear yes is a no: a closure that throws refuses, and one that never answers has
/// its connection closed when the handshake's time is up. Questions about different connections
/// are asked side by side and hold up nobody else, up to `ContextOptions.maximumAuthentications`
/// at a time; further ones wait in line.
///
/// Two authenticators are equal if one is a copy of the other.
public struct Authenticator: Sendable {
    /// How the question is answered.
    indirect enum Judge: Sendable {
        /// At once, on the I/O thread: for rules of our own that are quick.
        case atOnce(@Sendable (AuthenticationRequest) -> AuthenticationDecision)
        /// On a thread for calls that may take their time.
        case blocking(@Sendable (AuthenticationRequest) throws -> AuthenticationDecision)
        /// In a task.
        case suspending(
            @Sendable (AuthenticationRequest) async throws -> AuthenticationDecision
        )
        /// By a rule that comes first, and where that says nothing, by another authenticator.
        case filtered(
            @Sendable (AuthenticationRequest) -> AuthenticationDecision?,
            Authenticator
        )
        /// By the handler bound to the endpoint of ZAP in the socket's context.
        case zap
    }

    private final class Box: Sendable {
        let judge: Judge

        init(_ judge: Judge) { self.judge = judge }
    }

    private let box: Box
    var judge: Judge { box.judge }

    init(_ judge: Judge) {
        box = Box(judge)
    }

    /// Asks a closure, which may block: it has a thread to itself until it returns.
    public init(
        _ body: @escaping @Sendable (AuthenticationRequest) throws -> AuthenticationDecision
    ) {
        self.init(.blocking(body))
    }

    /// Asks an asynchronous closure, in a task of its own.
    ///
    /// The task is cancelled when the connection ends before there is an answer.
    public init(
        suspending body:
            @escaping @Sendable (AuthenticationRequest) async throws -> AuthenticationDecision
    ) {
        self.init(.suspending(body))
    }
}

extension Authenticator: Hashable {
    /// Whether one is a copy of the other.
    public static func == (left: Authenticator, right: Authenticator) -> Bool {
        left.box === right.box
    }

    /// Hashes the identity.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(box)) }
}

extension Authenticator: CustomStringConvertible {
    /// Says no more than what this is.
    public var description: String { "Authenticator" }
}
