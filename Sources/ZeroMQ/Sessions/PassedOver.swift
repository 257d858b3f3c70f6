/// Messages that arrive and are discarded, because the socket does not receive (PUSH, PUB).
///
/// Their bytes are skipped as they arrive, wherever the buffer ends. So nothing is kept of such a
/// message, however long it is.
struct PassedOver {
    /// Bytes of the current frame that have not arrived yet.
    private(set) var missing = 0
    private var endsMessage = false
    /// Whole messages that have not been reported yet.
    private var messages = 0

    /// A frame begins, of which `missing` bytes have not arrived yet.
    mutating func begin(missing: Int, endsMessage: Bool) {
        self.missing = missing
        self.endsMessage = endsMessage
        countIfWhole()
    }

    /// How many of `available` bytes belong to the current frame.
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

    /// Returns how many messages have become whole, and resets the count.
    mutating func takeCount() -> Int {
        defer { messages = 0 }
        return messages
    }

    /// The connection has ended: an incomplete message does not count.
    mutating func reset() { missing = 0 }
}
