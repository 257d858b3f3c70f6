internal import ZeroMQReactor

extension Instant {
    /// The next of the instants that follow this one at equal intervals which is later than `now`.
    ///
    /// Instants that have passed are left out, however many they are: repeated calls do not drift,
    /// and a caller that was late is not flooded.
    func next(every interval: Duration, after now: Instant) -> Instant {
        let following = self + interval
        guard following <= now else { return following }
        let missed = (now - following).nanoseconds / interval.nanoseconds
        return following + .nanoseconds((missed + 1) * interval.nanoseconds)
    }
}
