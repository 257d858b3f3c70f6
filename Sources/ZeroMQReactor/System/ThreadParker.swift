internal import Synchronization

/// Lets one thread at a time sleep until another hands it a token.
///
/// There is at most one token. A token that is handed over before the thread parks is kept, so no
/// wake-up is lost; several in a row count as one. A parker that belongs to a loop can also drive
/// it meanwhile: see `EventLoop.wait`.
package final class ThreadParker: Sendable {
    /// The thread's state. All changes are exchanges, so exactly one party sees each of them.
    private enum State {
        static let awake: UInt32 = 0
        static let token: UInt32 = 1
        static let parked: UInt32 = 2
        /// Parked, and counted among the followers of the loop.
        static let following: UInt32 = 3
        /// Driving the loop, and woken through it.
        static let driving: UInt32 = 4
    }

    /// The loop that the thread may drive while it waits.
    private let loop: EventLoop?
    nonisolated(unsafe) private let word: Futex.Word
    // Unsafe only because it is a pointer: its target is atomic and lives as long as this object.

    /// Makes a parker without a token.
    package init(loop: EventLoop? = nil) {
        self.loop = loop
        word = .allocate(capacity: 1)
        word.initialize(to: Atomic(State.awake))
    }

    /// Whether the thread drives a loop while it waits.
    package var hasLoop: Bool { loop != nil }

    deinit {
        word.deinitialize(count: 1)
        word.deallocate()
    }

    /// Takes the token, sleeping until there is one; returns false if the deadline comes first.
    package func park(until deadline: Instant? = nil) -> Bool {
        guard announce(State.parked) else { return take() }
        return sleep(State.parked, until: deadline)
    }

    /// Hands over the token and wakes the thread that sleeps for it, if there is one.
    package func unpark() {
        // Releasing: pairs with the acquiring operations of the sleeper. An exchange rather than a
        // compare-and-exchange, so that even a superfluous token publishes the caller's writes.
        switch word.pointee.exchange(State.token, ordering: .acquiringAndReleasing) {
        case State.parked:
            Futex.wake(word)
        case State.following:
            // Done here, because the sleeper may run late, and the loop must not wait for that.
            loop?.removeFollower()
            Futex.wake(word)
        case State.driving:
            // If the calling thread drives the loop, it is about to check the word anyway.
            if let loop, !loop.isOnLoop { loop.selector.wake() }
        default: break
        }
    }

    /// Sleeps until the word is no longer `state`.
    private func sleep(_ state: UInt32, until deadline: Instant?) -> Bool {
        while true {
            let inTime = Futex.wait(on: word, expected: state, deadline: deadline)
            // The word may have changed since it was read: a token that came at the deadline is
            // taken rather than left for the next time.
            if !inTime || word.pointee.load(ordering: .relaxed) == State.token { return take() }
        }
    }

    /// Announces a state. Returns false if there is a token already.
    private func announce(_ state: UInt32) -> Bool {
        // Releases what `unpark` reads; acquires, as `take` does.
        let (isDone, found) = word.pointee.compareExchange(
            expected: State.awake,
            desired: state,
            ordering: .acquiringAndReleasing
        )
        precondition(isDone || found == State.token, "Two threads parked in one place.")
        return isDone
    }

    /// Clears the word. Returns whether it contained a token. Pairs with the exchange in `unpark`.
    private func take() -> Bool {
        let previous = word.pointee.exchange(State.awake, ordering: .acquiringAndReleasing)
        if previous == State.following { loop?.removeFollower() }
        return previous == State.token
    }

    // MARK: Waiting with the loop

    /// Takes the token, driving the loop or sleeping until there is one; returns false if the
    /// deadline comes first.
    package func wait(until deadline: Instant? = nil) -> Bool {
        wait(until: deadline, .sleep).isWoken
    }

    /// The same, but looks for the token before it sleeps, as planned.
    package func wait(
        until deadline: Instant?,
        _ plan: SpinGovernor.Plan
    ) -> (isWoken: Bool, outcome: SpinGovernor.Outcome) {
        if plan.rest > 0 { SystemThread.pause(nanoseconds: plan.rest) }
        var nanoseconds = plan.look
        if nanoseconds > 0, let deadline {
            nanoseconds = min(nanoseconds, (deadline - SystemClock().now).nanoseconds)
        }
        if let loop { return loop.wait(self, until: deadline, looking: nanoseconds) }
        return look(nanoseconds).map { (take(), $0) } ?? (park(until: deadline), .slept)
    }

    /// Looks for the token without a system call, so that handing it over needs none either.
    /// Returns nil if it has not come.
    ///
    /// Meanwhile the word says `awake`: the token is kept there. One that comes after the last look
    /// is found when the sleep is announced, as it would be without looking.
    func look(_ nanoseconds: Int64) -> SpinGovernor.Outcome? {
        guard nanoseconds > 0 else { return nil }
        var look = Look(nanoseconds: nanoseconds)
        guard look.repeated({ hasToken }) else { return nil }
        return look.wasInterrupted() ? .interrupted : .found
    }

    /// Parks as a follower of the loop; the caller has counted it as one already.
    func parkFollowing(
        until deadline: Instant?,
        looking nanoseconds: Int64
    ) -> (isWoken: Bool, outcome: SpinGovernor.Outcome) {
        if let outcome = look(nanoseconds) {
            loop?.removeFollower()
            return (take(), outcome)
        }
        return (parkFollowing(until: deadline), .slept)
    }

    private func parkFollowing(until deadline: Instant?) -> Bool {
        guard announce(State.following) else {
            loop?.removeFollower()
            return take()
        }
        return sleep(State.following, until: deadline)
    }

    /// The thread is about to drive the loop, and is woken through it.
    func beginDriving() { _ = announce(State.driving) }

    var hasToken: Bool { word.pointee.load(ordering: .relaxed) == State.token }

    /// Takes the token; returns false if there is none.
    func endDriving() -> Bool { take() }
}
