/// A cursor over octets from a peer that never steps past their end.
///
/// It borrows the octets: it must not outlive the call that handed them over.
struct ByteReader {
    private let octets: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ octets: UnsafeRawBufferPointer) {
        self.octets = octets
    }

    var remaining: Int { octets.count - position }
    var isAtEnd: Bool { position == octets.count }

    /// The next octet, or nil at the end.
    mutating func octet() -> UInt8? {
        guard remaining > 0 else { return nil }
        defer { position += 1 }
        return octets[position]
    }

    /// The next `length` octets, or nil if fewer are left.
    mutating func take(_ length: FrameLength) -> UnsafeRawBufferPointer? {
        // Compared, never added up: the length is a claim of the peer.
        guard length.value <= remaining else { return nil }
        defer { position += length.value }
        return UnsafeRawBufferPointer(rebasing: octets[position..<position + length.value])
    }

    /// Everything that is left.
    mutating func rest() -> UnsafeRawBufferPointer {
        defer { position = octets.count }
        return UnsafeRawBufferPointer(rebasing: octets[position...])
    }

    /// Octets preceded by a length of one octet.
    mutating func shortString() -> UnsafeRawBufferPointer? {
        guard let length = octet() else { return nil }
        return take(FrameLength(length))
    }

    /// Octets preceded by a length of four octets.
    mutating func longString() -> UnsafeRawBufferPointer? {
        var wire: UInt64 = 0
        for _ in 0..<4 {
            guard let octet = octet() else { return nil }
            wire = wire << 8 | UInt64(octet)
        }
        guard let length = FrameLength(wire) else { return nil }
        return take(length)
    }
}
