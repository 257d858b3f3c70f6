internal import ZeroMQReactor

/// Whether a thread that waits for a message looks again and again for a while, before it sleeps.
///
/// A message that comes within microseconds is received in a tenth of the time, and for less
/// processor time, by a thread that has not gone to sleep. Looking for a message that comes later
/// only costs processor time.
public enum Spinning: Hashable, Sendable {
    /// Looks while messages come much faster than with sleep, judged by the waits before: for up to
    /// 200 µs. Traffic with pauses sleeps at once.
    case adaptive
    /// Sleeps at once.
    case never
    /// Looks before every sleep, for as long as given; 1 µs to 10 ms. The least latency, for the
    /// most processor time.
    case always(upTo: Duration)

    /// The longest time that a thread may look before it sleeps.
    static var longest: Duration { .milliseconds(10) }

    var mode: SpinGovernor.Mode {
        // On one processor, the sender of the message only runs when this thread sleeps.
        guard Processors.count > 1 else { return .never }
        switch self {
        case .adaptive: return .adaptive
        case .never: return .never
        case .always(let time): return .always(min(max(time, .zero), Self.longest).nanoseconds)
        }
    }
}
