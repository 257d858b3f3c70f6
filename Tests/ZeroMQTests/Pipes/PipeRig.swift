import Glibc
import ZeroMQProtocol
import ZeroMQReactor

@testable import ZeroMQ

/// A stream with both ends in one hand.
final class PipeRig {
    let stream: WireStream
    var writer: StreamWriter.Pointer { stream.writer }
    var reader: StreamReader.Pointer { stream.reader }

    /// Makes a stream; `chunk` fixes the size of its chunks, to put boundaries where it hurts.
    init(mark: Int = 0, retains: Bool = false, chunk: Int? = nil) {
        stream = WireStream(highWaterMark: mark, readerRetains: retains)
        if let chunk { stream.useChunks(of: chunk) }
    }

    /// Writes and publishes a message; false if there is no room for it.
    @discardableResult
    func send(_ message: Message) -> Bool {
        guard writer.pointee.hasRoom() else { return false }
        writer.pointee.begin()
        writer.pointee.append(message)
        _ = writer.pointee.publish()
        return true
    }

    func receive() -> Message? {
        guard reader.pointee.hasMessage() else {
            _ = reader.pointee.sleep()
            return nil
        }
        return reader.pointee.takeMessage()
    }

    /// Takes up to `count` bytes in the form of the wire, as a connection would.
    func write(atMost count: Int) -> [UInt8] { stream.write(atMost: count) }

    func writeAll() -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = write(atMost: 1 << 20)
            if more.isEmpty { return bytes }
            bytes += more
        }
    }
}

extension WireStream {
    func useChunks(of capacity: Int) {
        writer.pointee.nextCapacity = capacity
        writer.pointee.largestCapacity = capacity
    }

    /// Gathers, and advances by what a kernel with `count` bytes of room would have taken.
    func write(atMost count: Int) -> [UInt8] {
        let bytes = withUnsafeTemporaryAllocation(of: IOVector.self, capacity: 64) {
            (vectors: UnsafeMutableBufferPointer<IOVector>) -> [UInt8] in
            let used = reader.pointee.gather(into: vectors, limit: count)
            let total = vectors[..<used].reduce(0) { $0 + $1.count }
            return [UInt8](unsafeUninitializedCapacity: min(total, count)) { target, filled in
                for vector in vectors[..<used] where filled < target.count {
                    guard let base = vector.base, let start = target.baseAddress else { break }
                    let step = Swift.min(vector.count, target.count - filled)
                    memcpy(start + filled, base, step)
                    filled += step
                }
            }
        }
        reader.pointee.advance(by: bytes.count)
        return bytes
    }
}

extension Message {
    /// What a message is on the wire, by an encoder that shares nothing with the library.
    var wireBytes: [UInt8] {
        var bytes: [UInt8] = []
        for (index, frame) in self.enumerated() {
            let more: UInt8 = index < self.count - 1 ? 1 : 0
            if frame.count < 256 {
                bytes += [more, UInt8(frame.count)]
            } else {
                bytes.append(more | 2)
                for shift in stride(from: 56, through: 0, by: -8) {
                    bytes.append(UInt8(truncatingIfNeeded: frame.count >> shift))
                }
            }
            frame.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}

extension Frame {
    /// A frame of `count` bytes that differ from place to place and by `seed`.
    static func patterned(_ count: Int, seed: Int = 0) -> Frame {
        let start = seed & 0xffff
        return Frame(
            [UInt8](unsafeUninitializedCapacity: count) { target, used in
                while used < count, let base = target.baseAddress {
                    let step = Swift.min(count - used, pattern.count - start)
                    pattern.withUnsafeBytes { bytes in
                        _ = bytes.baseAddress.map { memcpy(base + used, $0 + start, step) }
                    }
                    used += step
                }
            }
        )
    }

    /// Made once: byte by byte it would take most of the time of a test under a sanitizer.
    private static let pattern = (0..<(1 << 17)).map {
        UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8)
    }
}

/// Compares bytes by the C library: `==` is slow in a build for debugging.
func areEqual(_ left: [UInt8], _ right: ArraySlice<UInt8>) -> Bool {
    left.withUnsafeBytes { left in right.withUnsafeBytes { areEqual(left, $0) } }
}

func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let one = left.baseAddress, let other = right.baseAddress else { return true }
    return memcmp(one, other, left.count) == 0
}
