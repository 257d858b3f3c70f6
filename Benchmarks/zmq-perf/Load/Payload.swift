internal import Synchronization

/// The bytes that a sender copies into every message.
///
/// A few payloads in turn, so that no compiler can make one message for all. They are written
/// beforehand: a byte stored just before sixteen are loaded together makes the processor wait,
/// and that would be measured with every message.
final class Payload {
    private let memory: UnsafeMutableRawBufferPointer
    private let buffer: UnsafeMutableRawBufferPointer
    private let size: Int
    private let count: Int
    private var turn = 0

    /// Where the bytes begin in a page of memory.
    ///
    /// Large buffers of other allocations begin near the start of a page. Some processors copy many
    /// times slower if the target lies a few bytes behind the source, counted within a page, so
    /// that no benchmark may leave the distance to chance.
    private static var offset: Int { 1024 }

    /// Makes payloads of `size` bytes that are not all alike.
    init(size: Int) {
        self.size = size
        count = max(2, min(64, 65_536 / max(size, 1)))
        memory = .allocate(byteCount: Payload.offset + max(size * count, 1), alignment: 4096)
        buffer = UnsafeMutableRawBufferPointer(rebasing: memory[Payload.offset...])
        for index in buffer.indices {
            buffer[index] = UInt8(truncatingIfNeeded: index &+ index / max(size, 1))
        }
    }

    /// Makes payloads that say who sends them.
    convenience init(size: Int, sender: UInt8) {
        self.init(size: size)
        for index in 0..<count { buffer[index * size + 1] = sender }
    }

    deinit { memory.deallocate() }

    /// The bytes for the next message.
    func next() -> UnsafeRawBufferPointer {
        turn = turn + 1 < count ? turn + 1 : 0
        return UnsafeRawBufferPointer(rebasing: buffer[turn * size..<(turn + 1) * size])
    }

    /// The bytes for the next message, bearing the time of its sending.
    func next(stamp moment: Int) -> UnsafeRawBufferPointer {
        turn = turn + 1 < count ? turn + 1 : 0
        buffer.storeBytes(of: moment, toByteOffset: turn * size, as: Int.self)
        return UnsafeRawBufferPointer(rebasing: buffer[turn * size..<(turn + 1) * size])
    }
}

/// Reads the first and last byte of every message, as an application would at least.
struct PayloadReader {
    private let size: Int
    private var sum: UInt64 = 0

    /// Makes a reader that expects messages of `size` bytes.
    init(size: Int) { self.size = size }

    /// Touches a message; throws if it has the wrong size.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws {
        guard readIfPayload(bytes) else {
            throw PerfFailure("a message of \(bytes.count) bytes came, expected \(size)")
        }
    }

    /// Touches a message unless it has another size; whether it did.
    mutating func readIfPayload(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == size else { return false }
        if size > 0 { sum &+= UInt64(bytes[0]) &+ UInt64(bytes[size - 1]) }
        return true
    }

    /// Makes what was read count for something, so that the reading cannot be left out.
    func finish() { PayloadReader.total.wrappingAdd(sum, ordering: .relaxed) }

    /// Nothing is published through it: it has no partner.
    private static let total = Atomic<UInt64>(0)
}
