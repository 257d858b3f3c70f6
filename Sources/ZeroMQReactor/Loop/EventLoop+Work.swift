/// What other layers ask of a loop.
extension EventLoop {
    /// Runs a task on the loop soon. Returns false if the loop has ended; the task then never runs.
    ///
    /// Any thread may call this; it takes no lock. If the loop is awake, it makes no system call.
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

    /// Runs a closure on the loop soon. Returns false if the loop has ended; it then never runs.
    @discardableResult
    package func execute(_ body: @escaping @Sendable () -> Void) -> Bool {
        post(ClosureTask(body))
    }

    /// Runs a task that stopped early again, after the descriptors have had their turn.
    package func makeReady(_ task: LoopTask) {
        checkOnLoop()
        post(task)
    }

    /// Runs a task again in a moment, together with all others that asked for it.
    ///
    /// For work that is likely to exist by then, and that nothing will announce.
    package func revisit(_ task: LoopTask) {
        checkOnLoop()
        revisits.append(task)
        guard revisits.count == 1 else { return }
        revisitMoment.begin(at: now)
        setRevisitAlarm()
    }

    /// Puts off the tasks that are to run again: the caller has just done their work. Any thread
    /// may call this.
    package func putOffRevisits() {
        if let delay = revisitMoment.putOff(now: clock.now) { selector.setAlarm(after: delay) }
    }

    func setRevisitAlarm() {
        revisitAlarm = revisitMoment.instant
        selector.setAlarm(after: revisitAlarm - now)
    }

    /// Begins to report events of a descriptor to a handler, which is retained until deregistered.
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

    /// Re-arms a descriptor: its handler is told again what is possible now, by the thread that
    /// drives the loop next. Wakes no sleeping thread. Any thread may call this.
    package func remind(of descriptor: Int32, _ registration: Registration) {
        selector.remind(of: descriptor, token: registration.token)
    }

    /// Stops reporting events of a descriptor; call it before closing the descriptor.
    package func deregister(_ registration: Registration) {
        checkOnLoop()
        if let descriptor = registrations.remove(registration) {
            selector.remove(descriptor)
        }
    }

    /// How many descriptors are registered.
    package var registrationCount: Int { registrations.count }

    /// Runs a closure on the loop at an instant, or in the next turn if that has passed.
    package func schedule(at deadline: Instant, _ body: @escaping () -> Void) -> TimerID {
        checkOnLoop()
        return timers.schedule(body, at: deadline)
    }

    /// Cancels a timer; does nothing if it has fired or was cancelled before.
    package func cancel(_ timer: TimerID) {
        checkOnLoop()
        timers.cancel(timer)
    }
}
