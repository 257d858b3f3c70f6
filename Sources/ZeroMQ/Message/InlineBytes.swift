/// Up to 30 bytes and their count, held in the value itself.
///
/// Stored as words so that a copy is a handful of register moves. Bytes behind `count` are
/// unspecified: nothing may read them but `load` and `store`, which move whole words.
@usableFromInline
struct InlineBytes: Sendable {
    @usableFromInline var words: (UInt64, UInt64, UInt64, UInt32, UInt16)
    @usableFromInline var count: UInt8

    @usableFromInline static let capacity = 30

    @inlinable
    init() {
        words = (0, 0, 0, 0, 0)
        count = 0
    }

    /// Copies `count` bytes, which must be at most `capacity`, and reads no others.
    ///
    /// Words are put together in registers: written to memory piece by piece and read back as
    /// words, they would have to wait until the pieces have arrived.
    @inlinable
    @inline(__always)
    init(copying base: UnsafeRawPointer, count: Int) {
        if count >= 16 {
            let head = base.loadUnaligned(as: UInt128.self)
            let tail = InlineBytes.load(UInt128.self, from: base + 16, count: count - 16)
            words = (
                UInt64(truncatingIfNeeded: head),
                UInt64(truncatingIfNeeded: head >> 64),
                UInt64(truncatingIfNeeded: tail),
                UInt32(truncatingIfNeeded: tail >> 64),
                UInt16(truncatingIfNeeded: tail >> 96)
            )
        } else if count >= 8 {
            let head = base.loadUnaligned(as: UInt64.self)
            let tail = InlineBytes.load(UInt64.self, from: base + 8, count: count - 8)
            words = (head, tail, 0, 0, 0)
        } else {
            words = (InlineBytes.loadFew(from: base, count: count), 0, 0, 0, 0)
        }
        self.count = UInt8(truncatingIfNeeded: count)
    }

    /// The last `count` bytes of a word that ends with them, the others of which are readable too.
    @inlinable
    @inline(__always)
    static func load<Word: FixedWidthInteger & BitwiseCopyable>(
        _ word: Word.Type,
        from base: UnsafeRawPointer,
        count: Int
    ) -> Word {
        let missing = MemoryLayout<Word>.size - count
        let bytes = (base - missing).loadUnaligned(as: word)
        return Word(littleEndian: bytes) >> (missing * 8)
    }

    /// Fewer than eight bytes, and no others.
    @inlinable
    @inline(__always)
    static func loadFew(from base: UnsafeRawPointer, count: Int) -> UInt64 {
        if count >= 4 {
            let head = UInt64(base.loadUnaligned(as: UInt32.self))
            let tail = UInt64((base + count - 4).loadUnaligned(as: UInt32.self))
            return head | tail << ((count - 4) * 8)
        }
        var word: UInt64 = 0
        for index in 0..<count {
            word |= UInt64(base.load(fromByteOffset: index, as: UInt8.self)) << (index * 8)
        }
        return word
    }

    /// Copies `count` bytes by whole words: 30 bytes must be readable at `base`.
    ///
    /// What lies behind `count` may be under another thread's hands; it is copied and never looked
    /// at. The thread sanitizer cannot know that, so its builds define `EXACT_COPIES`.
    @inline(__always)
    init(loading base: UnsafeRawPointer, count: UInt8) {
        #if EXACT_COPIES
        self.init(copying: base, count: Int(count))
        #else
        words = (
            base.loadUnaligned(as: UInt64.self),
            base.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
            base.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
            base.loadUnaligned(fromByteOffset: 24, as: UInt32.self),
            base.loadUnaligned(fromByteOffset: 28, as: UInt16.self)
        )
        self.count = count
        #endif
    }

    /// Writes the bytes by whole words: 30 bytes must be writable at `target`.
    @inline(__always)
    func store(to target: UnsafeMutableRawPointer) {
        target.storeBytes(of: words.0, as: UInt64.self)
        target.storeBytes(of: words.1, toByteOffset: 8, as: UInt64.self)
        target.storeBytes(of: words.2, toByteOffset: 16, as: UInt64.self)
        target.storeBytes(of: words.3, toByteOffset: 24, as: UInt32.self)
        target.storeBytes(of: words.4, toByteOffset: 28, as: UInt16.self)
    }

    @inlinable
    func withUnsafeBytes<R, E>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let count = Int(count)
        return try Swift.withUnsafeBytes(of: words) { (buffer) throws(E) -> R in
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
