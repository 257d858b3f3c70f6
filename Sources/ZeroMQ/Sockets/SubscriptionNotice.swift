/// What an XPUB tells its program of a subscription, as a value.
///
/// The socket delivers a notice as a message of one frame: a byte 1 or 0, and the topic. A message
/// that a subscriber sent is never of that form.
public struct SubscriptionNotice: Hashable, Sendable {
    /// What was subscribed to, or cancelled.
    public let topic: Frame
    /// True for a subscription, false for a cancellation.
    public let isSubscription: Bool

    /// Reads a message that an XPUB received; nil if a subscriber sent it as a message.
    public init?(_ message: Message) {
        guard message.count == 1, let change = SubscriptionMessage(message[0]) else { return nil }
        (topic, isSubscription) = (change.topic, change.isSubscribe)
    }
}

extension SubscriptionNotice: CustomStringConvertible {
    /// The change and the topic, with bytes that are no text as escapes.
    public var description: String { "\(isSubscription ? "subscribed to" : "cancelled") \(topic)" }
}
