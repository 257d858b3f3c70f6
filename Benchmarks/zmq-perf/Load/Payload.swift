internal import Synchronization

/// The octets that a sender copies into every message.
///
/// Small ones are several that take turns. They are written beforehand: an octet stored just before
/// sixteen are loaded together makes the processor wait, and that would be measured each time.
final class Payload {
    private let memory: UnsafeMutableRawBufferPointer
    private var buffer: UnsafeMutableRawBufferPointer
    private let several: Int
    private var turn = 0
    private var number: UInt8 = 0

    /// Where the octets begin in a page of memory.
    ///
    /// Large buffers of other allocations begin near the start of a page. Some processors copy many
    /// times slower if the target lies a few octets behind the source, counted within a page, so
    /// that no benchmark may leave the distance to chance.
    private static var offset: Int { 1024 }

    /// Makes a payload of `size` octets that are not all alike.
    init(size: Int) {
        several = size > 0 && size <= 4096 ? 16 : 1
        memory = .allocate(byteCount: Payload.offset + size * several, alignment: 4096)
        for index in 0..<size * several {
            memory[Payload.offset + index] = UInt8(truncatingIfNeeded: index &+ index / size)
        }
        buffer = UnsafeMutableRawBufferPointer(
            rebasing: memory[Payload.offset..<Payload.offset + size]
        )
    }

    /// Makes the octets of a mark.
    init(mark: Mark) {
        memory = .allocate(byteCount: mark.octets.count, alignment: 16)
        memory.copyBytes(from: mark.octets)
        buffer = memory
        several = 1
    }

    deinit { memory.deallocate() }

    var size: Int { buffer.count }
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(buffer) }

    /// The octets for the next message, other ones than for the last, so that no compiler can make
    /// one message for all.
    func next() -> UnsafeRawBufferPointer {
        if several > 1 {
            turn = (turn + 1) % several
            let start = Payload.offset + turn * size
            buffer = UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + size])
        } else if let first = buffer.baseAddress, !buffer.isEmpty {
            first.storeBytes(of: number, as: UInt8.self)
            number &+= 1
        }
        return UnsafeRawBufferPointer(buffer)
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
        let bytes = next()
        if buffer[1] != sender { buffer[1] = sender }
        return bytes
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
