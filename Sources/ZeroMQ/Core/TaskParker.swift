internal import ZeroMQReactor

/// Suspends one task at a time until another thread or task resumes it.
///
/// A wake-up is a hint: it is kept until the task parks, which uses it up. Being late or cancelled
/// is final.
final class TaskParker: Sendable {
    enum Outcome: Sendable {
        case woken
        case late
        case cancelled
    }

    private enum State {
        /// Next: `suspended`, or `resumed` if the wake-up comes before the task parks.
        case idle
        /// Next: `resumed`.
        case suspended(UnsafeContinuation<Void, Never>)
        /// Next: `idle`, if it was woken.
        case resumed(Outcome)
    }

    private let state = Locked(State.idle)

    func resume(_ outcome: Outcome) {
        let continuation = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            switch state {
            case .idle, .resumed(.woken):
                state = .resumed(outcome)
                return nil
            case .suspended(let continuation):
                state = .resumed(outcome)
                return continuation
            case .resumed(.late), .resumed(.cancelled): return nil
            }
        }
        continuation?.resume()
    }

    /// Suspends the task, unless it has been resumed already.
    func park() async -> Outcome {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isEarly = state.withLock { state in
                    if case .resumed = state { return true }
                    state = .suspended(continuation)
                    return false
                }
                if isEarly { continuation.resume() }
            }
        } onCancel: {
            resume(.cancelled)
        }
        return state.withLock { state in
            guard case .resumed(let outcome) = state else { return .woken }
            if outcome == .woken { state = .idle }
            return outcome
        }
    }
}
