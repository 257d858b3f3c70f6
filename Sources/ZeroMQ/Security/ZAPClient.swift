internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Asks the handler of ZAP about one peer, over a socket that lives as long as the question.
final class ZAPClient: Sendable {
    private let core: SocketCore
    private let patience: Duration

    /// How long a handler may take when the handshake has no limit of its own.
    private static let longest = Duration.seconds(30)

    init(context: ContextCore, patience: Duration?) {
        core = context.makeSocket(.request)
        self.patience = patience ?? Self.longest
    }

    /// Gives the question up; the task that waits in `ask` goes on at once.
    func cancel() {
        core.beginClose(saying: .socketClosed, linger: .discard) {}
    }

    /// Asks and waits for the answer. Whatever goes wrong is an answer too, and never a yes.
    func ask(_ request: AuthenticationRequest) -> AuthenticationDecision {
        defer { cancel() }
        do throws(ZeroMQError) {
            let endpoint = try Endpoint(ZAPMessages.endpoint)
            guard core.context.inproc.isBound(endpoint) else {
                return .fail(reason: "nobody is bound to \(endpoint)")
            }
            try core.connect(endpoint)
            try core.send(ZAPMessages.question(request), timeout: patience)
            let answer = try core.receive(timeout: patience)
            return ZAPMessages.decision(in: answer)
        } catch {
            return .fail(reason: "the handler gave no answer: \(error)")
        }
    }
}
