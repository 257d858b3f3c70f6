/// Hashes prefixes of a run of bytes, shorter ones first, in one pass.
///
/// Eight bytes at a time: exclusive-or, multiply, fold. A peer that does not know the key cannot
/// choose topics that collide. No two lengths share their last factor.
struct TopicHasher {
    /// The secret numbers of one table.
    struct Key {
        let seed: UInt64
        let factor: UInt64

        init(seed: UInt64) {
            self.seed = seed
            factor = TopicHasher.mix(seed ^ 0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93) | 1
        }
    }

    /// How to hash topics of one length.
    struct Recipe: BitwiseCopyable {
        let length: Int
        /// Selects the bytes of the last, partial word that belong to the topic.
        let mask: UInt64
        let factor: UInt64

        init(length: Int, key: Key) {
            self.length = length
            mask = 1 << (8 * UInt64(length & 7)) - 1
            factor = TopicHasher.mix(key.factor, UInt64(truncatingIfNeeded: length) ^ key.seed) | 1
        }
    }

    private let bytes: UnsafeRawBufferPointer
    private let readable: Int
    private let factor: UInt64
    private var state: UInt64
    private var position = 0
    /// The eight bytes at `position`; behind the end they may have any value.
    private var word: UInt64

    /// Prepares to hash prefixes of `bytes`. `readable` bytes may be read, which may be more: whole
    /// words are read as long as they are readable.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, readable: Int, key: Key) {
        self.bytes = bytes
        self.readable = readable
        state = key.seed
        factor = key.factor
        word = TopicHasher.word(of: bytes, at: 0, readable)
    }

    /// The hash of one run.
    static func hash(_ bytes: UnsafeRawBufferPointer, key: Key) -> UInt64 {
        var hasher = TopicHasher(bytes, readable: bytes.count, key: key)
        return hasher.hash(Recipe(length: bytes.count, key: key))
    }

    /// The hash of a prefix that is not shorter than those asked for before.
    @inline(__always)
    mutating func hash(_ recipe: Recipe) -> UInt64 {
        while recipe.length &- position >= 8 {
            state = Self.mix(state ^ word, factor)
            position &+= 8
            word = Self.word(of: bytes, at: position, readable)
        }
        return Self.mix(state ^ (word & recipe.mask), recipe.factor)
    }

    /// The next eight bytes, or those that are left.
    @inline(__always)
    private static func word(
        of bytes: UnsafeRawBufferPointer,
        at position: Int,
        _ readable: Int
    ) -> UInt64 {
        guard readable &- position >= 8 else { return lastWord(of: bytes, at: position, readable) }
        let word = bytes.baseAddress.unsafelyUnwrapped + position
        return UInt64(littleEndian: word.loadUnaligned(as: UInt64.self))
    }

    @inline(never)
    private static func lastWord(
        of bytes: UnsafeRawBufferPointer,
        at position: Int,
        _ readable: Int
    ) -> UInt64 {
        let left = readable - position
        guard left > 0, let base = bytes.baseAddress else { return 0 }
        return InlineBytes.loadFew(from: base + position, count: left)
    }

    @inline(__always)
    static func mix(_ word: UInt64, _ factor: UInt64) -> UInt64 {
        let (high, low) = word.multipliedFullWidth(by: factor)
        return high ^ low
    }
}
