internal import Synchronization

/// The octets that a sender copies into every message.
///
/// A few payloads in turn, so that no compiler can make one message for all. They are written
/// beforehand: an octet stored just before sixteen are loaded together makes the processor wait,
/// and that would be measured with every message.
final class Payload {
    private let buffer: UnsafeMutableRawBufferPointer
    private let size: Int
    private let count: Int
    private var turn = 0

    /// Makes payloads of `size` octets that are not all alike.
    init(size: Int) {
        self.size = size
        count = max(2, min(64, 65_536 / max(size, 1)))
        buffer = .allocate(byteCount: max(size * count, 1), alignment: 16)
        for index in buffer.indices {
            buffer[index] = UInt8(truncatingIfNeeded: index &+ index / max(size, 1))
        }
    }

    /// Makes the octets of a mark.
    init(mark: Mark) {
        buffer = .allocate(byteCount: mark.octets.count, alignment: 16)
        buffer.copyBytes(from: mark.octets)
    }

    deinit { buffer.deallocate() }

    var size: Int { buffer.count }
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(buffer) }

    /// The octets for the next message.
    func next() -> UnsafeRawBufferPointer {
        turn = turn + 1 < count ? turn + 1 : 0
        return UnsafeRawBufferPointer(rebasing: buffer[turn * size..<(turn + 1) * size])
    }

    /// The octets for a message that says when it was sent.
    func stamped(_ moment: Int) -> UnsafeRawBufferPointer {
        buffer.storeBytes(of: moment, as: Int.self)
        return UnsafeRawBufferPointer(buffer)
    }

    /// The octets that `fill` writes, as many as it says.
    func filled(_ fill: (UnsafeMutableRawBufferPointer) -> Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: buffer.baseAddress, count: fill(buffer))
    }

    /// The octets for a message that says who sent it.
    func signed(_ sender: UInt8) -> UnsafeRawBufferPointer {
        buffer[1] = sender
        return next()
    }
}

/// Reads the first and last octet of every message, as an application would at least.
struct PayloadReader {
    private let size: Int
    private var sum: UInt64 = 0

    /// Makes a reader that expects messages of `size` octets.
    init(size: Int) { self.size = size }

    /// Touches a message; throws if it has the wrong size.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws {
        guard readIfPayload(bytes) else {
            throw PerfFailure("a message of \(bytes.count) octets came, expected \(size)")
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
