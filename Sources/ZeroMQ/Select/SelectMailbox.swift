internal import ZeroMQReactor

/// Where sockets tell a select that something may be there, from any thread, and where others post
/// their inputs.
final class SelectMailbox<Input: Sendable>: Sendable {
    private struct State: Sendable {
        /// Sources whose socket has kept its promise to tell.
        var told: [Int] = []
        var posted: [Input] = []
        var parker = TaskParker()
    }

    private let state = Locked(State())

    /// Where the task that owns the select sleeps.
    var parker: TaskParker { state.withLock { $0.parker } }

    /// A task was cancelled, which its parker does not forget: the next task sleeps elsewhere. What
    /// it was told meanwhile stands in the lists, which every task reads before it sleeps.
    func replaceParker() {
        state.withLock { $0.parker = TaskParker() }
    }

    /// The socket of a source may have something.
    func tell(_ source: Int) {
        let parker = state.withLock { state in
            state.told.append(source)
            return state.parker
        }
        parker.resume(.woken)
    }

    func post(_ input: Input) {
        let parker = state.withLock { state in
            state.posted.append(input)
            return state.parker
        }
        parker.resume(.woken)
    }

    /// The sources that were told of since the last time.
    func takeTold() -> [Int] {
        state.withLock { state in
            defer { state.told.removeAll(keepingCapacity: true) }
            return state.told
        }
    }

    /// The oldest input that was posted.
    func takePosted() -> Input? {
        state.withLock { $0.posted.isEmpty ? nil : $0.posted.removeFirst() }
    }
}
