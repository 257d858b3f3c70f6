/// How a connecting socket goes on after an attempt has failed or a connection was lost.
public enum ReconnectPolicy: Hashable, Sendable {
    /// It tries again after a pause that doubles from the first value up to the second.
    ///
    /// `ZMQ_RECONNECT_IVL` and `ZMQ_RECONNECT_IVL_MAX`. Every pause is shortened at random by up to
    /// a half, so that many clients of one server do not come back in step. A connection that was
    /// of use, in which something was received or which lasted a second, starts again at the first
    /// value. A refusal by the peer goes straight to the second, unless it is for want of a place,
    /// which may come free at any time.
    case backoff(from: Duration, upTo: Duration)
    /// It gives up. `ZMQ_RECONNECT_IVL` of −1.
    case never
}
