/// Up to 30 octets and their count, held in the value itself.
///
/// Stored as words so that a copy is a handful of register moves. Octets behind `count` are
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

    /// Copies `count` octets, which must be at most `capacity`, and reads no others.
    @inlinable
    init(copying base: UnsafeRawPointer, count: Int) {
        self.init()
        withUnsafeMutableBytes(of: &words) { target in
            guard let target = target.baseAddress else { return }
            InlineBytes.copy(base, to: target, count: count)
        }
        self.count = UInt8(truncatingIfNeeded: count)
    }

    /// Copies at most 31 octets in one or two moves of a fixed size, which may overlap.
    @inlinable
    @inline(__always)
    static func copy(
        _ source: UnsafeRawPointer,
        to target: UnsafeMutableRawPointer,
        count: Int
    ) {
        if count >= 16 {
            move(UInt128.self, source, target, 0)
            move(UInt128.self, source, target, count - 16)
        } else if count >= 8 {
            move(UInt64.self, source, target, 0)
            move(UInt64.self, source, target, count - 8)
        } else if count >= 4 {
            move(UInt32.self, source, target, 0)
            move(UInt32.self, source, target, count - 4)
        } else {
            for index in 0..<count { move(UInt8.self, source, target, index) }
        }
    }

    @inlinable
    @inline(__always)
    static func move<Word: BitwiseCopyable>(
        _ word: Word.Type,
        _ source: UnsafeRawPointer,
        _ target: UnsafeMutableRawPointer,
        _ offset: Int
    ) {
        let value = source.loadUnaligned(fromByteOffset: offset, as: word)
        target.storeBytes(of: value, toByteOffset: offset, as: word)
    }

    /// Copies `count` octets by whole words: 30 octets must be readable at `base`.
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

    /// Writes the octets by whole words: 30 octets must be writable at `target`.
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
