/// A subscription in the form of a message: a byte 1 or 0, then the topic.
///
/// XPUB delivers this form, XSUB sends it, and peers of ZMTP 3.0 put it on the wire.
struct SubscriptionMessage {
    let topic: Frame
    let isSubscribe: Bool

    init(topic: Frame, isSubscribe: Bool) {
        self.topic = topic
        self.isSubscribe = isSubscribe
    }

    /// Parses a frame; nil if it is not a subscription.
    init?(_ frame: Frame) {
        guard let first = frame.first, first <= 1 else { return nil }
        isSubscribe = first == 1
        topic = frame.withUnsafeBytes {
            Frame(copying: UnsafeRawBufferPointer(rebasing: $0.dropFirst()))
        }
    }

    var message: Message {
        var bytes: [UInt8] = [isSubscribe ? 1 : 0]
        topic.withUnsafeBytes { bytes += $0 }
        return Message(bytes)
    }
}
