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

/// The kernel's (or a simulation's) way of waiting for many descriptors at once.
///
/// A descriptor is added once, for everything, and reported edge-triggered: an event says that
/// something changed, and does not come again until it changes again. All calls belong to
/// the loop's thread except those that say otherwise.
package protocol Selector: AnyObject, Sendable {
    /// Begins to report on a descriptor, whose present readiness counts as the first change.
    func add(_ descriptor: Int32, token: UInt64) throws(SystemError)

    /// Reports the present readiness of a descriptor once more. Any thread may call it, as long as
    /// the descriptor is open; one that is not reported on is left alone.
    func remind(of descriptor: Int32, token: UInt64)

    /// Ceases to report on a descriptor that is still open.
    func remove(_ descriptor: Int32)

    /// Waits for events and puts them in place of the buffer's content; nil waits for ever.
    ///
    /// Returns without events when the time is up, at the alarm, after `wake()`, or now and then
    /// for no reason.
    func wait(nanoseconds: Int64?, into events: inout [ReadyEvent])

    /// Makes a wait return when so much time has passed, the present one or a later one. An alarm
    /// that was set before is forgotten. Any thread may call it.
    func setAlarm(after delay: Duration)

    /// Makes the present wait, or else the next one, return. Any thread may call it.
    func wake()
}
