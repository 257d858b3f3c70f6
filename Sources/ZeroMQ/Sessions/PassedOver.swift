/// Messages that a socket receives from peers and has no use for (PUSH, PUB).
///
/// Their bytes are stepped over as they come, wherever they end in the buffer; so however long
/// such a message is, nothing is kept of it.
struct PassedOver {
    /// Bytes of the frame under way that have not come yet.
    private(set) var missing = 0
    private var endsMessage = false
    /// Whole messages that nobody has been told of.
    private var messages = 0

    /// A frame begins of which so many bytes have not come yet.
    mutating func begin(missing: Int, endsMessage: Bool) {
        self.missing = missing
        self.endsMessage = endsMessage
        countIfWhole()
    }

    /// How many of `available` bytes belong to the frame under way.
    mutating func take(of available: Int) -> Int {
        guard missing > 0 else { return 0 }
        let count = min(missing, available)
        missing -= count
        countIfWhole()
        return count
    }

    private mutating func countIfWhole() {
        if missing == 0, endsMessage { messages += 1 }
    }

    /// How many messages have become whole since this was last asked.
    mutating func takeCount() -> Int {
        defer { messages = 0 }
        return messages
    }

    /// The connection has gone: what was not whole is no message.
    mutating func reset() { missing = 0 }
}
