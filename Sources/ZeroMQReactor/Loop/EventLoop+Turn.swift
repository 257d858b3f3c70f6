/// One turn: tasks, then events, then timers.
extension EventLoop {
    /// Runs one turn on the calling thread, for loops without a thread; nil waits for ever.
    package func runOnce(maxWait: Duration? = nil) {
        _ = helm.take(as: .ownThread)
        adoptCurrentThread()
        turn(maxWait: maxWait)
    }

    /// Ends early if the tasks bring what a guest, who drives this turn, has been waiting for.
    func turn(maxWait: Duration?, for guest: ThreadParker? = nil) {
        now = clock.now
        runTasks(mailbox.take())
        guard !isStopping, guest?.hasToken != true else { return }
        waitForEvents(maxWait: maxWait)
        now = clock.now
        dispatchEvents()
        runTimers()
        runRevisits()
    }

    func runTasks(_ tasks: TaskList) {
        for task in tasks {
            // First released, then run: a post from here on queues the task for another run.
            task.release()
            task.run()
        }
    }

    private func waitForEvents(maxWait: Duration?) {
        let timeout = timeout(maxWait: maxWait)
        // A task that was posted meanwhile keeps the loop from sleeping but not from polling:
        // whoever posts himself again and again must not starve the descriptors.
        if timeout != 0, mailbox.fallAsleep() {
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

    private func dispatchEvents() {
        for event in events {
            // A stale token finds no handler: its registration ended earlier in this batch.
            registrations.handler(for: event.token)?.handle(event.readiness)
        }
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
