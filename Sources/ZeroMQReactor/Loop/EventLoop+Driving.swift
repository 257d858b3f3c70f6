internal import Synchronization

/// Which thread drives a loop: its own, or a caller that would only wait.
///
/// If something arrives for a thread that sleeps in a call, the loop's own thread would have to
/// wake up, read it, and wake that thread. So a caller that is about to wait drives the loop
/// itself, and only its thread is woken. Meanwhile the loop's own thread stands by. It takes over
/// when it is summoned, because something needs the loop and no thread drives it, or when no caller
/// has come back for a while.
///
///     own thread: drives ──a caller asks, nobody else waits──▶ stands by
///                   ▲──summoned, or no guest for a while───────┘
///     caller: waits here ──helm free──▶ drives until woken ──▶ leaves, summons the own thread
///                                                              if another caller waits
extension EventLoop {
    /// How long a loop may be without a driver while callers are busy elsewhere. Timers and answers
    /// to PINGs may be late by this much.
    private static var longestAbsence: Duration { .milliseconds(5) }

    // MARK: Callers

    /// Waits for the parker's token, and drives the loop meanwhile if no other thread does. Not
    /// woken if the deadline comes first.
    ///
    /// Before the thread sleeps, in the loop or beside it, it looks for so many nanoseconds.
    func wait(
        _ parker: ThreadParker,
        until deadline: Instant?,
        looking nanoseconds: Int64
    ) -> (isWoken: Bool, outcome: SpinGovernor.Outcome) {
        guard mayHaveGuests else {
            if let outcome = parker.look(nanoseconds) { return (parker.endDriving(), outcome) }
            return (parker.park(until: deadline), .slept)
        }
        while !helm.take(as: .guest) {
            helm.ask()
            helm.addFollower()
            // The helm may have been released before its holder could see this follower.
            if helm.current != .nobody {
                return parker.parkFollowing(until: deadline, looking: nanoseconds)
            }
            helm.removeFollower()
        }
        return drive(parker, until: deadline, looking: nanoseconds)
    }

    /// A waiter that cannot drive the loop, such as a suspended task, begins to depend on it.
    package func addFollower() {
        helm.addFollower()
        if helm.current == .nobody { summon() }
    }

    package func removeFollower() { helm.removeFollower() }

    /// A caller has received much on its own thread and is likely to continue. The loop's own
    /// thread stands by, so that it is not woken for what comes next.
    package func noteBusyCaller() {
        if mayHaveGuests { helm.ask() }
    }

    /// A caller has found nothing and does not wait. If no thread drives the loop, its own thread
    /// does from now on.
    package func attend() {
        guard mayHaveGuests else { return }
        _ = helm.takeRequest()
        if helm.current == .nobody { summon() }
    }

    private func drive(
        _ parker: ThreadParker,
        until deadline: Instant?,
        looking nanoseconds: Int64
    ) -> (isWoken: Bool, outcome: SpinGovernor.Outcome) {
        adoptCurrentThread()
        helm.noteGuest()
        var outcome = nanoseconds > 0 ? look(for: parker, nanoseconds) : .slept
        parker.beginDriving()
        var isLate = false
        while !parker.hasToken, !isLate, !isStopping {
            outcome = .slept
            turn(maxWait: deadline.map { $0 - clock.now }, for: parker)
            if let deadline { isLate = clock.now >= deadline }
        }
        let isWoken = parker.endDriving()
        now = clock.now
        _ = runTasks()
        leave()
        if helm.awaitsGuest { standIn.unpark() }
        // A loop that ends wakes no waiter: closing sockets unpark their waiters themselves.
        return (isWoken || isLate ? isWoken : parker.park(until: deadline), outcome)
    }

    /// Drives the loop without sleeping, for this long at most or until there is a token.
    ///
    /// Nobody has to wake this thread meanwhile: the mailbox and the parker say that it is awake,
    /// and it looks at both, and at the descriptors, in each turn. They are told that it sleeps
    /// only afterwards, as always.
    private func look(
        for parker: ThreadParker,
        _ nanoseconds: Int64
    ) -> SpinGovernor.Outcome {
        var look = Look(nanoseconds: nanoseconds)
        repeat {
            turn(maxWait: .zero, for: parker)
        } while !parker.hasToken && !isStopping && look.mayContinue()
        return look.wasInterrupted() ? .interrupted : .found
    }

    /// Releases the helm, and summons the loop's own thread if the loop cannot be left alone.
    private func leave() {
        disown()
        let isIdle = backlog.isEmpty && nextEvent >= events.count && revisits.isEmpty
        let isQuiet = mailbox.fallAsleep() && isIdle && !isStopping
        helm.release()
        if !isQuiet || mailbox.hasTasks || helm.hasFollowers { summon() }
    }

    /// Makes the thread that drives the loop return from its wait.
    func wakeDriver() {
        if helm.current == .nobody { summon() } else { selector.wake() }
    }

    private func summon() {
        isSummoned.store(true, ordering: .releasing)
        standIn.unpark()
    }

    // MARK: The own thread

    /// Drives the loop until it ends, except while callers drive it.
    func serve() {
        while true {
            waitForHelm()
            adoptCurrentThread()
            repeat { turn(maxWait: nil) } while !isStopping && !mayBeLent
            if isStopping { return }
            leave()
        }
    }

    private var mayBeLent: Bool {
        mayHaveGuests && !isCrowded && revisits.isEmpty && !helm.hasFollowers && helm.takeRequest()
    }

    /// Stands by until it is summoned, or until no guest has driven for a while.
    private func waitForHelm() {
        var guests = helm.guestCount
        while true {
            if isSummoned.exchange(false, ordering: .acquiring), helm.take(as: .ownThread) {
                return
            }
            let isWoken = standIn.park(until: clock.now + Self.longestAbsence)
            guard !isWoken else { continue }
            if guests == helm.guestCount {
                if helm.take(as: .ownThread) { return }
                waitForGuest()
            }
            guests = helm.guestCount
        }
    }

    /// The current guest has been driving for long: sleeps until it leaves.
    private func waitForGuest() {
        helm.awaitsGuest = true
        if helm.current == .guest { _ = standIn.park() }
        helm.awaitsGuest = false
    }
}
