/// What happens to messages that are not sent yet when a socket or connection is closed.
///
/// `ZMQ_LINGER`, whose −1 is `.waitForever` and whose 0 is `.discard`.
public enum Linger: Hashable, Sendable {
    /// They are dropped at once.
    case discard
    /// They may still be sent for this long; what is left then is dropped.
    case wait(upTo: Duration)
    /// They are sent, however long it takes.
    case waitForever
}
