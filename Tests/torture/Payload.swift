import Glibc
import ZeroMQ

/// Messages whose every byte follows from who sent it and as which.
///
/// The first part begins with both, so that a receiver can tell what all the rest must be.
struct Payload: Sendable {
    /// How large messages are.
    enum Sizes: String, CaseIterable, Sendable {
        case tiny, small, mixed, large, stairs
    }

    let sizes: Sizes
    let salt: UInt64

    /// Stands in each message, so that those of other islands are told apart.
    private var mark: UInt32 { UInt32(truncatingIfNeeded: salt) }

    /// The most bytes that a part has: more than three times the largest chunk of a stream.
    static let longest = 1_700_000
    private static let header = 16

    struct Origin: Hashable, Sendable {
        var sender: UInt32
        var number: UInt64
    }

    /// How many bytes the parts of a message have.
    func parts(_ origin: Origin) -> [Int] {
        var dice = dice(origin)
        switch sizes {
        case .tiny: return [Self.header + Int.random(in: 0...32, using: &dice)]
        case .small: return several(&dice) { Int.random(in: 0...2000, using: &$0) }
        case .mixed: return several(&dice) { Self.anySize(upTo: 1 << 20, &$0) }
        case .large:
            return [Self.header + Int.random(in: 100_000...Self.longest, using: &dice)]
        case .stairs:
            // Fills chunk after chunk, and lets a long body begin at the end of one.
            return [origin.number % 61 == 60 ? 450_000 : 30_000]
        }
    }

    private func several(
        _ dice: inout Dice,
        _ size: (inout Dice) -> Int
    ) -> [Int] {
        let count = [1, 1, 1, 2, 3, 7].randomElement(using: &dice) ?? 1
        return (0..<count).map { size(&dice) + ($0 == 0 ? Self.header : 0) }
    }

    /// Each order of magnitude is as likely as the others.
    private static func anySize(upTo most: Int, _ dice: inout Dice) -> Int {
        let bits = Int.random(in: 0...(Int.bitWidth - 1 - most.leadingZeroBitCount), using: &dice)
        return min(most, Int.random(in: 0..<(2 << bits), using: &dice))
    }

    private func dice(_ origin: Origin) -> Dice {
        Dice(seed: salt ^ UInt64(origin.sender) << 40 ^ origin.number)
    }

    // MARK: Making

    func message(_ origin: Origin) -> Message {
        let parts = parts(origin)
        if parts.count == 1 { return Message(frame(origin, 0, parts[0])) }
        return Message(frames: parts.indices.map { frame(origin, $0, parts[$0]) })
    }

    func frame(_ origin: Origin, _ part: Int, _ count: Int) -> Frame {
        Frame(count: count) { target in
            var used = 0
            if part == 0 {
                target.storeBytes(of: origin.sender, as: UInt32.self)
                target.storeBytes(of: mark, toByteOffset: 4, as: UInt32.self)
                target.storeBytes(of: origin.number, toByteOffset: 8, as: UInt64.self)
                used = Self.header
            }
            guard count > used else { return }
            let expected = expected(origin, part, count - used)
            UnsafeMutableRawBufferPointer(rebasing: target[used...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: expected))
        }
    }

    private func expected(
        _ origin: Origin,
        _ part: Int,
        _ count: Int
    ) -> Slice<UnsafeRawBufferPointer> {
        let place = UInt64(origin.sender) &* 7919 &+ origin.number &* 104_729 &+ UInt64(part) &* 31
        let start = Int(place & 0xfffff)
        return pattern.bytes[start..<start + count]
    }

    // MARK: Judging

    /// Who sent it and as which, if every byte is as it was sent.
    func origin(of frames: some RandomAccessCollection<Frame>) throws(Failure) -> Origin {
        guard let first = frames.first, first.count >= Self.header else {
            throw Failure("a message of \(frames.map(\.count)) bytes has no header")
        }
        let (origin, mark) = first.withUnsafeBytes {
            (
                Origin(
                    sender: $0.loadUnaligned(as: UInt32.self),
                    number: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                ),
                $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
            )
        }
        guard mark == self.mark, origin.sender < 1 << 16 else {
            throw Failure("a message has a broken header")
        }
        let parts = parts(origin)
        guard frames.map(\.count) == parts else {
            throw Failure("\(origin) has parts of \(frames.map(\.count)) instead of \(parts) bytes")
        }
        for (index, frame) in frames.enumerated() where !isRight(frame, origin, index) {
            throw Failure("part \(index) of \(origin) is not what was sent")
        }
        return origin
    }

    private func isRight(_ frame: Frame, _ origin: Origin, _ part: Int) -> Bool {
        frame.withUnsafeBytes { bytes in
            let body = bytes[(part == 0 ? Self.header : 0)...]
            return Self.areEqual(body, expected(origin, part, body.count))
        }
    }

    private static func areEqual(
        _ one: Slice<UnsafeRawBufferPointer>,
        _ other: Slice<UnsafeRawBufferPointer>
    ) -> Bool {
        guard let base = UnsafeRawBufferPointer(rebasing: one).baseAddress,
            let start = UnsafeRawBufferPointer(rebasing: other).baseAddress
        else { return one.count == other.count }
        return one.count == other.count && memcmp(base, start, one.count) == 0
    }

    // MARK: Bytes without frames

    /// So many bytes of a stream that never ends, from a place on.
    static func piece(at place: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: slice(at: place, count))
    }

    static func isPiece(_ frame: Frame, at place: Int) -> Bool {
        guard frame.count <= longestPiece else { return false }
        return frame.withUnsafeBytes { areEqual($0[...], slice(at: place, frame.count)) }
    }

    private static let longestPiece = 2 << 20

    private static func slice(at place: Int, _ count: Int) -> Slice<UnsafeRawBufferPointer> {
        let start = place % Pattern.period
        return stream.bytes[start..<start + count]
    }
}

/// Bytes without any repetition, or with one after each MiB; made once.
private struct Pattern: @unchecked Sendable {
    // Sendable because nobody writes to it after it was made.
    let bytes: UnsafeRawBufferPointer

    static let period = 1 << 20

    init(repeats: Bool) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 3 << 20, alignment: 8)
        var dice = Dice(seed: 1)
        for place in stride(from: 0, to: memory.count, by: 8) {
            if repeats, place % Self.period == 0 { dice = Dice(seed: 1) }
            memory.storeBytes(of: dice.next(), toByteOffset: place, as: UInt64.self)
        }
        bytes = UnsafeRawBufferPointer(memory)
    }
}

private let pattern = Pattern(repeats: false)
private let stream = Pattern(repeats: true)
