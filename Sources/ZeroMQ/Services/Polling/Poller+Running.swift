internal import ZeroMQReactor

/// A timer of a poller.
struct PollerTimer {
    typealias Handler = () throws -> Void

    let handler: Handler
    /// The time between two calls; nil for a single one.
    let interval: Duration?
    var due: Instant
    var id: TimerID
}

/// Timers, and the loop that calls handlers.
extension Poller {
    /// The name of a timer.
    public struct Timer: Hashable, Sendable {
        let number: UInt64
    }

    /// Has a closure called once, after a time, by `wait` or `run`, which throw on what it throws.
    @discardableResult
    public func after(
        _ delay: Duration,
        do handler: @escaping () throws -> Void
    ) -> Timer {
        schedule(handler, at: clock.now + delay, interval: nil)
    }

    /// Has a closure called again and again, by `wait` or `run`.
    ///
    /// The times are counted from now and do not drift; calls that could not be made in time are
    /// left out. Intervals below 1 ms count as 1 ms. What the closure throws, `wait` or `run`
    /// throws on; the timer goes on with the next of them.
    ///
    /// C: `zmq_timers_add`.
    @discardableResult
    public func every(
        _ interval: Duration,
        do handler: @escaping () throws -> Void
    ) -> Timer {
        let interval = max(interval, .milliseconds(1))
        return schedule(handler, at: clock.now + interval, interval: interval)
    }

    /// Cancels a timer. Nothing happens if it is gone already.
    ///
    /// C: `zmq_timers_cancel`.
    public func cancel(_ timer: Timer) {
        guard let entry = timerEntries.removeValue(forKey: timer.number) else { return }
        timers.cancel(entry.id)
    }

    /// How long it is until the next timer is due; nil without timers.
    ///
    /// C: `zmq_timers_timeout`.
    public var timeToNextTimer: Duration? {
        timers.nextDeadline().map { max(.zero, $0 - clock.now) }
    }

    private func schedule(
        _ handler: @escaping PollerTimer.Handler,
        at instant: Instant,
        interval: Duration?
    ) -> Timer {
        let number = makeNumber()
        let id = timers.schedule(number, at: instant)
        timerEntries[number] = PollerTimer(
            handler: handler,
            interval: interval,
            due: instant,
            id: id
        )
        return Timer(number: number)
    }

    /// Runs what is due. A timer that is set by another one waits for its next turn.
    func runTimers() throws {
        let now = clock.now
        let mark = timers.mark
        while let number = timers.popExpired(at: now, before: mark) {
            guard var timer = timerEntries[number] else { continue }
            if let interval = timer.interval {
                timer.due = timer.due.next(every: interval, after: now)
                timer.id = timers.schedule(number, at: timer.due)
                timerEntries[number] = timer
            } else {
                timerEntries[number] = nil
            }
            try timer.handler()
        }
    }

    // MARK: Running

    /// Waits and calls handlers, until `stop` is called or a handler throws.
    ///
    /// What is ready and has no handler is passed over.
    ///
    /// An error of the application's own ends the loop just as a `ZeroMQError` does and is thrown
    /// as it is. Nothing is lost by that: handlers, timers and sockets stay with the poller, and
    /// what was ready and has not been handled is reported to the next `run` or `wait`.
    ///
    /// - Throws: what a handler or a timer throws; `processForked` in a child that `fork` made.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func run() throws {
        while try handle(wait()) {}
    }

    /// Calls the handlers of what is ready. Returns whether there is more to wait for.
    func handle(_ events: [Event]) throws -> Bool {
        if events.isEmpty { return false }
        for event in events {
            // A handler may have removed what comes after it.
            try entries[event.token.number]?.handler?(event.readiness)
        }
        return !mailbox.takeStop()
    }

    /// Makes the present `wait` or `run`, or else the next one, return.
    public func stop() { mailbox.stop() }

    /// Something by which other threads can stop the poller.
    public var stopper: Stopper { Stopper(mailbox: mailbox) }

    /// Stops a poller, from any thread.
    public struct Stopper: Sendable {
        let mailbox: PollerMailbox

        /// Makes the present `wait` or `run`, or else the next one, return.
        public func stop() { mailbox.stop() }
    }
}
