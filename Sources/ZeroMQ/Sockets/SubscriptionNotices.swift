/// Which changes of its peers' subscriptions an XPUB receives.
public enum SubscriptionNotices: Hashable, Sendable {
    /// The first subscription to a topic and the last cancellation, over all peers.
    case changes
    /// Every subscription, and last cancellations. C: `ZMQ_XPUB_VERBOSE`.
    case allSubscriptions
    /// Every subscription and every cancellation, also those of a peer that leaves. Of what is
    /// not received for long, pairs of a peer that undo each other are left out. C:
    /// `ZMQ_XPUB_VERBOSER`.
    case everything
}
