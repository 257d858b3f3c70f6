internal import Synchronization

/// A place for one thread at a time to sleep until another hands it a token.
///
/// There is at most one token. A token handed over before the thread parks is kept, so that a
/// wake-up is never lost; several handed over in a row count as one.
package final class ThreadParker: Sendable {
    private static let empty: UInt32 = 0
    private static let token: UInt32 = 1
    private static let parked: UInt32 = 2

    nonisolated(unsafe) private let word: Futex.Word
    // Unsafe only in that it is a pointer: what it points to is atomic and lives as long as this.

    /// Makes a parker without a token.
    package init() {
        word = .allocate(capacity: 1)
        word.initialize(to: Atomic(ThreadParker.empty))
    }

    deinit {
        word.deinitialize(count: 1)
        word.deallocate()
    }

    /// Takes the token, sleeping until there is one; returns false when the deadline came first.
    package func park(until deadline: Instant? = nil) -> Bool {
        // Acquiring: pairs with the exchange in `unpark`, whose earlier writes become visible here.
        let (isParked, found) = word.pointee.compareExchange(
            expected: ThreadParker.empty,
            desired: ThreadParker.parked,
            ordering: .acquiring
        )
        guard isParked else {
            precondition(found == ThreadParker.token, "Two threads parked in one place.")
            return takeToken()
        }
        while true {
            let inTime = Futex.wait(on: word, expected: ThreadParker.parked, deadline: deadline)
            if word.pointee.load(ordering: .relaxed) == ThreadParker.token { return takeToken() }
            // The word may have changed since it was looked at: a token that came together with the
            // deadline is taken rather than left for the next time.
            if !inTime { return takeToken() }
        }
    }

    /// Hands over the token and wakes the thread that sleeps for it, if there is one.
    package func unpark() {
        // Releasing: pairs with the acquiring operations in `park`. An exchange rather than a
        // compare-and-exchange, so that even a superfluous token publishes the caller's writes.
        let previous = word.pointee.exchange(ThreadParker.token, ordering: .acquiringAndReleasing)
        if previous == ThreadParker.parked {
            Futex.wake(word)
        }
    }

    /// Empties the word and says whether a token was in it. Pairs with the exchange in `unpark`.
    private func takeToken() -> Bool {
        word.pointee.exchange(ThreadParker.empty, ordering: .acquiring) == ThreadParker.token
    }
}
