/// One event: which registration, and what has become possible.
package struct ReadyEvent: Sendable, Hashable {
    /// The number given with the registration.
    package let token: UInt64
    /// What has become possible.
    package let readiness: Readiness

    /// Makes an event; simulated selectors do this too.
    package init(token: UInt64, readiness: Readiness) {
        self.token = token
        self.readiness = readiness
    }
}

/// Waits for many descriptors at once: the kernel's selector, or a simulation of it.
///
/// A descriptor is added once, for all events, and reported edge-triggered: an event reports a
/// change, and is not repeated until the next change. All calls are for the thread that drives the
/// loop, except those that say otherwise.
package protocol Selector: AnyObject, Sendable {
    /// Begins to report on a descriptor. Its current readiness counts as the first change.
    func add(_ descriptor: Int32, token: UInt64) throws(SystemError)

    /// Reports the current readiness of a descriptor once more. Any thread may call this while the
    /// descriptor is open; does nothing for one that is not watched.
    func remind(of descriptor: Int32, token: UInt64)

    /// Stops reporting on a descriptor that is still open.
    func remove(_ descriptor: Int32)

    /// Waits for events and replaces the buffer's content with them; nil waits forever.
    ///
    /// Returns without events when the time is up, when the alarm fires, after `wake()`, or
    /// spuriously.
    func wait(nanoseconds: Int64?, into events: inout [ReadyEvent])

    /// Makes the current wait, or a later one, return after this time. Replaces the previous alarm.
    /// Any thread may call this.
    func setAlarm(after delay: Duration)

    /// Makes the current wait return, or else the next one. Any thread may call this.
    func wake()
}
