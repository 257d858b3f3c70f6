import Dispatch

/// Work on a thread of its own, while the test does something else.
final class Background: Sendable {
    private let end = DispatchSemaphore(value: 0)

    init(_ work: @escaping @Sendable () -> Void) {
        DispatchQueue.global().async { [end] in
            work()
            end.signal()
        }
    }

    /// Whether the work is done.
    var hasEnded: Bool { waits(until: .now()) }

    /// Waits for the end of the work. False if it takes too long.
    func wait() -> Bool { waits(until: .now() + .seconds(60)) }

    private func waits(until deadline: DispatchTime) -> Bool {
        guard end.wait(timeout: deadline) == .success else { return false }
        // Whoever asks next gets the same answer.
        end.signal()
        return true
    }
}
