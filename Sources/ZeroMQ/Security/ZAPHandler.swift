internal import ZeroMQReactor

/// Answers the questions of ZAP 1.0 for all sockets of a context, by domain.
///
/// Sockets of this library ask it if their authenticator is `.zap`. Only one handler can exist in
/// a context. RFC 27; what a thread of libzmq's user does at `inproc://zeromq.zap.01`.
public final class ZAPHandler: Sendable {
    private let router: RouterSocket
    private let rules: [String: Authenticator]
    private let fallback: Authenticator?

    /// Begins to answer.
    ///
    /// - Parameters:
    ///   - context: The context whose sockets ask.
    ///   - rules: The rule for each domain.
    ///   - fallback: The rule for every other domain; nil refuses.
    /// - Throws: `addressInUse` if the context has a handler; `resourceExhausted` if no thread can
    ///   be started.
    public init(
        context: Context = .shared,
        rules: [String: Authenticator] = [:],
        otherwise fallback: Authenticator? = nil
    ) throws(ZeroMQError) {
        router = RouterSocket(context: context)
        self.rules = rules
        self.fallback = fallback
        try router.bind(ZAPMessages.endpoint)
        // The thread keeps the socket alive and not this object, whose end ends the thread.
        let core = router.handle.core
        let pool = QuestionPool(most: core.context.options.maximumAuthentications)
        let answerer = Answerer(rules: rules, fallback: fallback, pool: pool)
        let router = router
        do throws(SystemError) {
            _ = try SystemThread.start(name: "zmq-zap") { answerer.serve(router) }
        } catch {
            router.handle.core.beginClose(saying: .socketClosed, linger: .discard) {}
            throw ZeroMQError(.resourceExhausted, "no thread could be started", system: error)
        }
    }

    deinit { close() }

    /// Stops answering.
    public func close() {
        router.handle.core.beginClose(saying: .socketClosed, linger: .discard) {}
    }
}

/// The thread of a handler.
private struct Answerer: Sendable {
    let rules: [String: Authenticator]
    let fallback: Authenticator?
    /// Not the context's own: the questions there wait for the answers that are made here.
    let pool: QuestionPool

    func serve(_ router: RouterSocket) {
        let core = router.handle.core
        while true {
            let message: Message
            do throws(ZeroMQError) {
                message = try core.receive()
            } catch {
                return
            }
            answer(Array(message), core)
        }
    }

    /// Answers one question, perhaps later and on another thread.
    private func answer(_ frames: [Frame], _ core: SocketCore) {
        // Routing id and delimiter stand before the question.
        guard frames.count >= 4, frames[1].isEmpty else { return }
        let envelope = Array(frames[..<2])
        let reply: @Sendable (AuthenticationDecision) -> Void = { decision in
            let answer = ZAPMessages.answer(decision, to: frames[3])
            // If the asker has gone, nobody misses the answer.
            try? core.send(Message(frames: envelope + answer), timeout: .seconds(1))
        }
        guard let request = ZAPMessages.request(in: Array(frames[2...])) else {
            return reply(.fail(reason: "this is no question of ZAP 1.0"))
        }
        guard let rule = rules[request.domain] ?? fallback else {
            return reply(.refuse(reason: "there is no rule for this domain"))
        }
        if case .zap = rule.judge {
            return reply(.fail(reason: "the rule for this domain asks its own handler"))
        }
        _ = rule.ask(request, in: core.context, pool: pool, patience: nil, then: reply)
    }
}
