/// Reading and writing of what stands before a frame's body: flags and size.
///
/// Everything here runs once per frame and is inlined into the code of another module that writes
/// and reads frames. The bodies of its functions leave this module only because the types are
/// usable from inline too.
@usableFromInline
package enum FrameHeader {
    /// Bytes in a header whose size field is one byte.
    @inlinable package static var shortSize: Int { 2 }
    /// Bytes in a header whose size field is eight bytes.
    @inlinable package static var longSize: Int { 9 }
    /// The longest body that the short form can announce.
    @inlinable package static var longestShortBody: Int { 255 }

    @usableFromInline
    package enum Parsed: Equatable {
        /// More bytes are needed to tell the size.
        case incomplete
        /// A whole header: the three defined flag bits, its own size, and the size of its body.
        case header(flags: UInt8, headerSize: Int, body: Int)
        /// The announced size is beyond anything that could be in memory.
        case oversized
    }

    /// Reads the header at the start of `bytes`, of which `available` bytes are there.
    @inlinable
    package static func parse(_ bytes: UnsafeRawPointer, available: Int) -> Parsed {
        guard available >= shortSize else { return .incomplete }
        // Reserved bits are ignored, as libzmq ignores them.
        let flags = bytes.load(as: UInt8.self) & 7
        guard flags & FrameFlags.long.rawValue != 0 else {
            let body = FrameLength(bytes.load(fromByteOffset: 1, as: UInt8.self))
            return .header(flags: flags, headerSize: shortSize, body: body.value)
        }
        guard available >= longSize else { return .incomplete }
        let wire = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt64.self))
        guard let body = FrameLength(wire) else { return .oversized }
        return .header(flags: flags, headerSize: longSize, body: body.value)
    }

    /// Writes the shortest header for a body of this size and returns how many bytes it took.
    ///
    /// The LONG bit is set here and nowhere else; the caller passes MORE and COMMAND.
    @inlinable
    @discardableResult
    package static func write(
        flags: UInt8,
        body: Int,
        to target: UnsafeMutableRawPointer
    ) -> Int {
        guard body > longestShortBody else {
            target.storeBytes(of: flags & ~FrameFlags.long.rawValue, as: UInt8.self)
            let size = UInt8(truncatingIfNeeded: body)
            target.storeBytes(of: size, toByteOffset: 1, as: UInt8.self)
            return shortSize
        }
        target.storeBytes(of: flags | FrameFlags.long.rawValue, as: UInt8.self)
        let size = UInt64(truncatingIfNeeded: body).bigEndian
        target.storeBytes(of: size, toByteOffset: 1, as: UInt64.self)
        return longSize
    }

    /// The size of the header that `write` makes for a body of this size.
    @inlinable
    package static func size(forBody body: Int) -> Int {
        body > longestShortBody ? longSize : shortSize
    }
}
