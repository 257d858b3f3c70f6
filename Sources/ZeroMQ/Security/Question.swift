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

    /// Relaxed would do: an answer that comes too early is lost.
    var isWithdrawn: Bool { isOver.load(ordering: .sequentiallyConsistent) }

    private func takeWithdrawal() -> (@Sendable () -> Void)? {
        withdrawal.withLock { $0.take() }
    }
}
