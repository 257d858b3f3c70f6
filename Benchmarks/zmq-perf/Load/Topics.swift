/// Topics of twelve to nineteen octets, in an order that no cache can foresee.
struct Topics {
    private let count: Int
    private let first: Int
    private var state = 0x2545_f491_4f6c_dd1d
    private var buffer = Payload(size: 19)

    /// Draws from as many topics, which are those of `topic` or others of the same form.
    init(of count: Int, areSubscribed: Bool) {
        self.count = count
        first = areSubscribed ? 0 : count
    }

    /// The octets of the next message, which consists of its topic.
    mutating func next() -> UnsafeRawBufferPointer {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // The upper half of a draw multiplied by the count: evenly spread, without a division.
        let drawn = (Int(UInt(bitPattern: state) >> 33) &* count) >> 31
        return buffer.filled { Topics.write(first + drawn, to: $0) }
    }

    /// The topic with a number.
    static func topic(_ number: Int) -> [UInt8] {
        let payload = Payload(size: 19)
        return Array(payload.filled { write(number, to: $0) })
    }

    /// Writes a topic and returns its length: the place, eight digits, and up to seven more octets.
    private static func write(_ number: Int, to buffer: UnsafeMutableRawBufferPointer) -> Int {
        buffer.storeBytes(of: 0x2f65_7469, as: UInt32.self)
        // Scattered, so that topics with neighbouring numbers begin differently.
        let scattered = UInt32(truncatingIfNeeded: number) &* 2_654_435_761
        for index in 0..<8 {
            let digit = UInt8(truncatingIfNeeded: scattered >> (28 - 4 * UInt32(index))) & 15
            buffer[4 + index] = digit + (digit < 10 ? 48 : 87)
        }
        let length = 12 + number & 7
        for index in 12..<max(12, length) { buffer[index] = UInt8(ascii: ".") }
        return length
    }
}
