internal import ZeroMQReactor

extension Authenticator {
    /// Asks, and has the answer delivered once, on any thread, perhaps before this returns.
    ///
    /// A question that was withdrawn may be answered all the same, or never.
    func ask(
        _ request: AuthenticationRequest,
        in context: ContextCore,
        pool: QuestionPool,
        patience: Duration?,
        then answer: @escaping @Sendable (AuthenticationDecision) -> Void
    ) -> Question {
        let question = Question()
        let work: QuestionPool.Work
        switch judge {
        case .atOnce(let body):
            answer(body(request))
            return question
        case .blocking(let body):
            work = .blocking {
                do {
                    answer(try body(request))
                } catch {
                    answer(.fail(reason: "the authenticator threw \(error)"))
                }
            }
        case .suspending(let body):
            work = .suspending { answer(await Self.decide { try await body(request) }) }
        case .filtered(let filter, let rest):
            guard let decision = filter(request) else {
                return rest.ask(
                    request,
                    in: context,
                    pool: pool,
                    patience: patience,
                    then: answer
                )
            }
            answer(decision)
            return question
        case .zap:
            // Not given up when the peer goes: the handler would have the question all the same,
            // and more of them the faster strangers come and go.
            work = .blocking {
                answer(ZAPClient(context: context, patience: patience).ask(request))
            }
        }
        pool.answer(question, by: work) { error in
            answer(.fail(reason: "no thread could be started: \(error)"))
        }
        return question
    }

    private static func decide(
        _ body: () async throws -> AuthenticationDecision
    ) async -> AuthenticationDecision {
        do {
            let decision = try await body()
            // An answer that a cancelled task gave is no answer.
            return Task.isCancelled ? .fail(reason: "the task was cancelled") : decision
        } catch {
            return .fail(reason: "the authenticator threw \(error)")
        }
    }
}
