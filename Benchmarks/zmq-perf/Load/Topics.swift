/// Topics of twelve to nineteen bytes, in an order that no cache can foresee.
///
/// Each is written some messages before it is sent: see `Payload`.
///
/// What changes is behind pointers: the checks of a class's variables would be measured as well.
final class Topics {
    private let count: Int
    private let first: Int
    private let state = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    private let turn = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    private let buffer = UnsafeMutableRawPointer.allocate(
        byteCount: Topics.slots * Topics.room,
        alignment: 64
    )
    private let lengths = UnsafeMutablePointer<Int>.allocate(capacity: Topics.slots)

    private static var slots: Int { 16 }
    private static var room: Int { 32 }

    /// Draws from as many topics, which are those of `topic` or others of the same form.
    init(of count: Int, areSubscribed: Bool) {
        self.count = count
        first = areSubscribed ? 0 : count
        state.initialize(to: 0x2545_f491_4f6c_dd1d)
        turn.initialize(to: 0)
        lengths.initialize(repeating: 0, count: Topics.slots)
        for slot in 0..<Topics.slots { fill(slot) }
    }

    deinit {
        buffer.deallocate()
        lengths.deallocate()
        turn.deallocate()
        state.deallocate()
    }

    /// The bytes of the next message, which consists of its topic.
    func next() -> UnsafeRawBufferPointer {
        let slot = turn.pointee & (Topics.slots - 1)
        // The one before this has been sent.
        fill((turn.pointee &- 1) & (Topics.slots - 1))
        turn.pointee &+= 1
        return UnsafeRawBufferPointer(start: buffer + slot * Topics.room, count: lengths[slot])
    }

    private func fill(_ slot: Int) {
        let next = state.pointee &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        state.pointee = next
        // The upper half of a draw multiplied by the count: evenly spread, without a division.
        let drawn = (Int(UInt(bitPattern: next) >> 33) &* count) >> 31
        let place = UnsafeMutableRawBufferPointer(
            start: buffer + slot * Topics.room,
            count: Topics.room
        )
        lengths[slot] = Topics.write(first + drawn, to: place)
    }

    /// The topic with a number.
    static func topic(_ number: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: room)
        let length = bytes.withUnsafeMutableBytes { write(number, to: $0) }
        return Array(bytes.prefix(length))
    }

    /// Writes a topic and returns its length: the place, eight digits, and up to seven more bytes.
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
