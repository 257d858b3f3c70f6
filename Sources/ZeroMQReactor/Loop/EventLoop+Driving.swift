internal import Synchronization

/// Who drives a loop: its own thread, or a caller that would only have to wait.
///
/// When something arrives for a thread that is asleep in a call, the loop's own thread would have
/// to wake up, read it, and wake the other. So a caller that is about to wait drives the loop
/// itself: what arrives wakes it alone. The own thread stands by meanwhile. It takes over when it
/// is summoned, because something needs the loop and nobody drives it, or when no caller has come
/// back for a while.
///
///     own thread: drives ──a caller asks, nobody else waits──▶ stands by
///                   ▲──summoned, or no guest for a while───────┘
///     caller: waits here ──helm free──▶ drives until woken ──▶ leaves, summons the own thread
///                                                              if somebody else still waits
extension EventLoop {
    /// How long a loop may go without a driver while callers are busy elsewhere: so late may a
    /// timer be, or an answer to a PING.
    private static var longestAbsence: Duration { .milliseconds(5) }

    // MARK: Callers

    /// Waits for the parker's token, driving the loop meanwhile if nobody else does. False if the
    /// deadline came first.
    package func wait(_ parker: ThreadParker, until deadline: Instant? = nil) -> Bool {
        guard mayHaveGuests else { return parker.park(until: deadline) }
        while !helm.take(as: .guest) {
            helm.ask()
            helm.addFollower()
            // The helm may have come free before its holder could see a follower.
            if helm.current != .nobody { return parker.parkFollowing(until: deadline) }
            helm.removeFollower()
        }
        return drive(parker, until: deadline)
    }

    /// Somebody waits for the loop who cannot drive it, like a suspended task.
    package func addFollower() {
        helm.addFollower()
        if helm.current == .nobody { summon() }
    }

    package func removeFollower() { helm.removeFollower() }

    /// A caller has received much by itself, and is likely to go on: the own thread need not be
    /// woken for what comes next, and stands by.
    package func noteBusyCaller() {
        if mayHaveGuests { helm.ask() }
    }

    /// A caller has looked for something in vain, and does not wait for it: if nobody drives the
    /// loop, the own thread does.
    package func attend() {
        guard mayHaveGuests else { return }
        _ = helm.takeRequest()
        if helm.current == .nobody { summon() }
    }

    private func drive(_ parker: ThreadParker, until deadline: Instant?) -> Bool {
        adoptCurrentThread()
        helm.noteGuest()
        parker.beginDriving()
        var isLate = false
        while !parker.hasToken, !isLate, !isStopping {
            turn(maxWait: deadline.map { $0 - clock.now }, for: parker)
            if let deadline { isLate = clock.now >= deadline }
        }
        let isWoken = parker.endDriving()
        now = clock.now
        _ = runTasks()
        leave()
        if helm.awaitsGuest { standIn.unpark() }
        // Of a loop that ends nothing more is to be had; who waits is told by other means.
        return isWoken || isLate ? isWoken : parker.park(until: deadline)
    }

    /// Gives up the helm, and has the own thread take it if the loop cannot be left alone.
    private func leave() {
        disown()
        let isIdle = backlog.isEmpty && nextEvent >= events.count && revisits.isEmpty
        let isQuiet = mailbox.fallAsleep() && isIdle && !isStopping
        helm.release()
        if !isQuiet || mailbox.hasTasks || helm.hasFollowers { summon() }
    }

    /// Makes whoever drives the loop return from its wait.
    func wakeDriver() {
        if helm.current == .nobody { summon() } else { selector.wake() }
    }

    private func summon() {
        isSummoned.store(true, ordering: .releasing)
        standIn.unpark()
    }

    // MARK: The own thread

    /// Drives the loop until it ends, but for the times when callers do.
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

    /// Stands by until it is summoned, or until no guest has come for a while.
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

    /// A guest has been driving for long: sleeps until it leaves.
    private func waitForGuest() {
        helm.awaitsGuest = true
        if helm.current == .guest { _ = standIn.park() }
        helm.awaitsGuest = false
    }
}
