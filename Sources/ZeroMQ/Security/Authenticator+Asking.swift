internal import Synchronization
internal import ZeroMQReactor

/// One question that has been asked and may be given up.
final class Question: Sendable {
    /// What is done to give the question up; replaced by nothing once it is answered.
    private let withdrawal = Locked<(@Sendable () -> Void)?>(nil)
    private let isOver = Atomic(false)

    /// Says how the question can be given up, which may have happened already.
    func whenWithdrawn(_ body: @escaping @Sendable () -> Void) {
        withdrawal.withLock { $0 = body }
        // Sequentially consistent, like the store in `withdraw`: one of the two sees the other.
        if isOver.load(ordering: .sequentiallyConsistent) { takeWithdrawal()?() }
    }

    /// Nobody waits for the answer any more.
    func withdraw() {
        isOver.store(true, ordering: .sequentiallyConsistent)
        takeWithdrawal()?()
    }

    private func takeWithdrawal() -> (@Sendable () -> Void)? {
        withdrawal.withLock { $0.take() }
    }
}

extension Authenticator {
    /// Asks, and has the answer delivered once, on any thread, perhaps before this returns.
    ///
    /// A question that was withdrawn may be answered all the same.
    func ask(
        _ request: AuthenticationRequest,
        in context: ContextCore,
        patience: Duration?,
        then answer: @escaping @Sendable (AuthenticationDecision) -> Void
    ) -> Question {
        let question = Question()
        switch judge {
        case .atOnce(let body):
            answer(body(request))
        case .blocking(let body):
            Self.onThread(answer) { try body(request) }
        case .suspending(let body):
            let task = Task {
                answer(await Self.decide { try await body(request) })
            }
            question.whenWithdrawn { task.cancel() }
        case .filtered(let filter, let rest):
            if let decision = filter(request) {
                answer(decision)
            } else {
                return rest.ask(request, in: context, patience: patience, then: answer)
            }
        case .zap:
            let client = ZAPClient(context: context, patience: patience)
            question.whenWithdrawn { client.cancel() }
            Self.onThread(answer) { client.ask(request) }
        }
        return question
    }

    /// Has a call that may block made on a thread of its own.
    private static func onThread(
        _ answer: @escaping @Sendable (AuthenticationDecision) -> Void,
        _ body: @escaping @Sendable () throws -> AuthenticationDecision
    ) {
        do throws(SystemError) {
            _ = try SystemThread.start(name: "zmq-auth") {
                do {
                    answer(try body())
                } catch {
                    answer(.fail(reason: "the authenticator threw \(error)"))
                }
            }
        } catch {
            answer(.fail(reason: "no thread could be started: \(error)"))
        }
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
