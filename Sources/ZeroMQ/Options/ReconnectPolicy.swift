/// How a connecting socket goes on after an attempt has failed or a connection was lost.
public enum ReconnectPolicy: Hashable, Sendable {
    /// It tries again after a pause that doubles from `from` up to `upTo`.
    ///
    /// `ZMQ_RECONNECT_IVL` and `ZMQ_RECONNECT_IVL_MAX`. Every pause is shortened at random by up to
    /// a half, so that many clients of one server do not come back in step. A connection that was
    /// of use, in which something was received or which lasted a second, starts again at the first
    /// value.
    ///
    /// If the peer refuses this side, or breaks the protocol, pauses grow up to `afterRefusal`
    /// instead; nil, or what is shorter, stands for `upTo`. After refused credentials the next
    /// pause is that long already. A refusal for want of a place may pass at any time: pauses only
    /// grow.
    case backoff(from: Duration, upTo: Duration, afterRefusal: Duration? = nil)
    /// It gives up. `ZMQ_RECONNECT_IVL` of −1.
    case never
}
