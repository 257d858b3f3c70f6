/// A cursor over bytes from a peer that never steps past their end.
///
/// It borrows the bytes: it must not outlive the call that handed them over.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - position }
    var isAtEnd: Bool { position == bytes.count }

    /// The next byte, or nil at the end.
    mutating func byte() -> UInt8? {
        guard remaining > 0 else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    /// The next `length` bytes, or nil if fewer are left.
    mutating func take(_ length: FrameLength) -> UnsafeRawBufferPointer? {
        // Compared, never added up: the length is a claim of the peer.
        guard length.value <= remaining else { return nil }
        defer { position += length.value }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + length.value])
    }

    /// Everything that is left.
    mutating func rest() -> UnsafeRawBufferPointer {
        defer { position = bytes.count }
        return UnsafeRawBufferPointer(rebasing: bytes[position...])
    }

    /// Bytes preceded by a length of one byte.
    mutating func shortString() -> UnsafeRawBufferPointer? {
        guard let length = byte() else { return nil }
        return take(FrameLength(length))
    }

    /// Bytes preceded by a length of four bytes.
    mutating func longString() -> UnsafeRawBufferPointer? {
        var wire: UInt64 = 0
        for _ in 0..<4 {
            guard let byte = byte() else { return nil }
            wire = wire << 8 | UInt64(byte)
        }
        guard let length = FrameLength(wire) else { return nil }
        return take(length)
    }
}
