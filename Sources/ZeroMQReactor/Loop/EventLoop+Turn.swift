/// One turn: tasks, then events, then timers.
///
/// Peers decide how many tasks and events there are. So each kind has a time limit per turn, and
/// what is left comes first in the next turn. This keeps timers and later arrivals from waiting for
/// all of them.
extension EventLoop {
    /// The time limit for tasks, and for events, in one turn.
    static var longestPhase: Duration { .milliseconds(5) }
    /// The clock is read after this many tasks, because reading it costs as much as some tasks.
    private static let step = 4

    /// Runs one turn on the calling thread, for loops without a thread; nil waits forever.
    package func runOnce(maxWait: Duration? = nil) {
        _ = helm.take(as: .ownThread)
        adoptCurrentThread()
        turn(maxWait: maxWait)
    }

    /// Ends early if the tasks hand over the token that the guest who drives this turn waits for.
    func turn(maxWait: Duration?, for guest: ThreadParker? = nil) {
        now = clock.now
        let hadTime = runTasks()
        guard !isStopping, guest?.hasToken != true else { return }
        if nextEvent >= events.count { waitForEvents(maxWait: maxWait) }
        now = clock.now
        isCrowded = !dispatchEvents() || !hadTime
        runTimers()
        runRevisits()
    }

    /// Runs remaining tasks, then new ones, while there is time. Returns whether all were run.
    func runTasks() -> Bool {
        let end = now + Self.longestPhase
        var count = 0
        for isFresh in [false, true] {
            if isFresh { backlog = mailbox.take() }
            while let task = backlog.next() {
                run(task)
                count += 1
                if count % Self.step == 0, !backlog.isEmpty, clock.now >= end { return false }
            }
        }
        return true
    }

    func runAll(_ tasks: TaskList) {
        for task in tasks { run(task) }
    }

    private func run(_ task: LoopTask) {
        // Released before it runs: a post from here on queues the task for another run.
        task.release()
        task.run()
    }

    private func waitForEvents(maxWait: Duration?) {
        let timeout = timeout(maxWait: maxWait)
        // A task that was posted meanwhile keeps the loop from sleeping, but not from polling: a
        // task that posts itself again and again must not starve the descriptors.
        nextEvent = 0
        if timeout != 0, backlog.isEmpty, mailbox.fallAsleep() {
            selector.wait(nanoseconds: timeout, into: &events)
            mailbox.awaken()
        } else {
            selector.wait(nanoseconds: 0, into: &events)
        }
    }

    /// How long to sleep: until the next timer, but no longer than `maxWait`.
    private func timeout(maxWait: Duration?) -> Int64? {
        let limit = maxWait.map { max(0, $0.nanoseconds) }
        guard let deadline = timers.nextDeadline() else { return limit }
        let remaining = max(0, (deadline - clock.now).nanoseconds)
        return limit.map { min($0, remaining) } ?? remaining
    }

    /// Calls the handlers of ready descriptors while there is time. Returns whether all were
    /// called.
    private func dispatchEvents() -> Bool {
        let end = now + Self.longestPhase
        var count = 0
        while nextEvent < events.count {
            let event = events[nextEvent]
            nextEvent += 1
            // A stale token finds no handler: its registration ended after the selector reported
            // it.
            registrations.handler(for: event.token)?.handle(event.readiness)
            count += 1
            if count % Self.step == 0, nextEvent < events.count, clock.now >= end { return false }
        }
        return true
    }

    private func runTimers() {
        // A timer that schedules another one for now must not keep the turn from ending.
        let mark = timers.mark
        while let body = timers.popExpired(at: now, before: mark) {
            body()
        }
    }

    private func runRevisits() {
        guard !revisits.isEmpty, now >= revisitAlarm else { return }
        // The alarm may be early, because the moment was put off or is not quite reached.
        guard now >= revisitMoment.instant else { return setRevisitAlarm() }
        revisitMoment.end()
        let due = revisits
        revisits = []
        for task in due { task.run() }
    }
}
