/// One turn: tasks, then events, then timers.
///
/// How much there is of the first two strangers decide. So each has its time in a turn, and what is
/// left comes first in the next one; so all have their turn, and timers and newcomers do not wait
/// for all of them.
extension EventLoop {
    /// How long a turn goes on with tasks, and with events.
    static var longestPhase: Duration { .milliseconds(5) }
    /// A look at the clock costs as much as some tasks.
    private static let step = 4

    /// Runs one turn on the calling thread, for loops without a thread; nil waits for ever.
    package func runOnce(maxWait: Duration? = nil) {
        _ = helm.take(as: .ownThread)
        adoptCurrentThread()
        turn(maxWait: maxWait)
    }

    /// Ends early if the tasks bring what a guest, who drives this turn, has been waiting for.
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

    /// Runs what was left and what has come since, while there is time. Whether that was all.
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
        // First released, then run: a post from here on queues the task for another run.
        task.release()
        task.run()
    }

    private func waitForEvents(maxWait: Duration?) {
        let timeout = timeout(maxWait: maxWait)
        // A task that was posted meanwhile keeps the loop from sleeping but not from polling:
        // whoever posts himself again and again must not starve the descriptors.
        nextEvent = 0
        if timeout != 0, backlog.isEmpty, mailbox.fallAsleep() {
            selector.wait(nanoseconds: timeout, into: &events)
            mailbox.awaken()
        } else {
            selector.wait(nanoseconds: 0, into: &events)
        }
    }

    /// How long to sleep: until the next timer, but no longer than asked for.
    private func timeout(maxWait: Duration?) -> Int64? {
        let limit = maxWait.map { max(0, $0.nanoseconds) }
        guard let deadline = timers.nextDeadline() else { return limit }
        let remaining = max(0, (deadline - clock.now).nanoseconds)
        return limit.map { min($0, remaining) } ?? remaining
    }

    /// Tells handlers what is ready, while there is time. Whether that was all.
    private func dispatchEvents() -> Bool {
        let end = now + Self.longestPhase
        var count = 0
        while nextEvent < events.count {
            let event = events[nextEvent]
            nextEvent += 1
            // A stale token finds no handler: its registration ended since the selector was asked.
            registrations.handler(for: event.token)?.handle(event.readiness)
            count += 1
            if count % Self.step == 0, nextEvent < events.count, clock.now >= end { return false }
        }
        return true
    }

    private func runTimers() {
        // A timer that schedules another for now must not keep the turn from ending.
        let mark = timers.mark
        while let body = timers.popExpired(at: now, before: mark) {
            body()
        }
    }

    private func runRevisits() {
        guard !revisits.isEmpty, now >= revisitAlarm else { return }
        // The alarm may have rung for nothing: they have been put off, or are not due quite yet.
        guard now >= revisitMoment.instant else { return setRevisitAlarm() }
        revisitMoment.end()
        let due = revisits
        revisits = []
        for task in due { task.run() }
    }
}
