/// What the layers above ask of a loop.
extension EventLoop {
    /// Has a task run on the loop soon; false when the loop has ended and the task will not run.
    ///
    /// Any thread may call this; it takes no lock. A loop that is awake costs no system call.
    @discardableResult
    package func post(_ task: LoopTask) -> Bool {
        switch mailbox.post(task) {
        case .queued:
            return true
        case .mustWake:
            wakeDriver()
            return true
        case .refused:
            return false
        }
    }

    /// Has a closure run on the loop soon; false when the loop has ended and it will not run.
    @discardableResult
    package func execute(_ body: @escaping @Sendable () -> Void) -> Bool {
        post(ClosureTask(body))
    }

    /// Has a task that stopped early run again, after the descriptors had their turn.
    package func makeReady(_ task: LoopTask) {
        checkOnLoop()
        post(task)
    }

    /// Has a task run again in a moment, together with all others of which the same was asked.
    ///
    /// For work that is likely to be there by then, and that nobody will announce.
    package func revisit(_ task: LoopTask) {
        checkOnLoop()
        revisits.append(task)
        guard revisits.count == 1 else { return }
        revisitMoment.begin(at: now)
        setRevisitAlarm()
    }

    /// Puts off what is to be run again: the caller has just done what it would do. Any thread may
    /// call this.
    package func putOffRevisits() {
        if let delay = revisitMoment.putOff(now: clock.now) { selector.setAlarm(after: delay) }
    }

    func setRevisitAlarm() {
        revisitAlarm = revisitMoment.instant
        selector.setAlarm(after: revisitAlarm - now)
    }

    /// Begins to report on a descriptor to a handler, which is kept alive until deregistered.
    package func register(
        _ descriptor: Int32,
        handler: any EventHandler
    ) throws(SystemError) -> Registration {
        checkOnLoop()
        let registration = registrations.insert(descriptor: descriptor, handler: handler)
        do throws(SystemError) {
            try selector.add(descriptor, token: registration.token)
        } catch {
            _ = registrations.remove(registration)
            throw error
        }
        return registration
    }

    /// Has the handler of a descriptor told once more what is possible now, by whoever drives the
    /// loop next. Nobody is woken who does not drive it. Any thread may call this.
    package func remind(of descriptor: Int32, _ registration: Registration) {
        selector.remind(of: descriptor, token: registration.token)
    }

    /// Ceases to report on a descriptor; call it before closing the descriptor.
    package func deregister(_ registration: Registration) {
        checkOnLoop()
        if let descriptor = registrations.remove(registration) {
            selector.remove(descriptor)
        }
    }

    /// How many descriptors are registered.
    package var registrationCount: Int { registrations.count }

    /// Has a closure run on the loop at an instant, or in the next turn if that has passed.
    package func schedule(at deadline: Instant, _ body: @escaping () -> Void) -> TimerID {
        checkOnLoop()
        return timers.schedule(body, at: deadline)
    }

    /// Cancels a timer; nothing happens when it has fired or was cancelled before.
    package func cancel(_ timer: TimerID) {
        checkOnLoop()
        timers.cancel(timer)
    }
}
