/// Hashes the beginnings of a run of octets, shorter ones first, in one pass.
///
/// Eight octets at a time: exclusive-or, multiply, fold. A peer that does not know the seed cannot
/// choose topics that fall together.
struct PrefixHasher {
    private let octets: UnsafeRawBufferPointer
    private let seed: UInt64
    private var state: UInt64
    private var position = 0

    @inline(__always)
    init(_ octets: UnsafeRawBufferPointer, seed: UInt64) {
        self.octets = octets
        self.seed = seed
        state = seed
    }

    /// The hash of all of `octets`.
    @inline(__always)
    static func hash(_ octets: UnsafeRawBufferPointer, seed: UInt64) -> UInt32 {
        var hasher = PrefixHasher(octets, seed: seed)
        return hasher.hash(ofFirst: octets.count)
    }

    /// The hash of a number that this process made.
    @inline(__always)
    static func hash(_ number: UInt64, seed: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: mix(seed, number) >> 16)
    }

    /// The hash of the first `length` octets. Each call asks for at least as many as the one
    /// before.
    @inline(__always)
    mutating func hash(ofFirst length: Int) -> UInt32 {
        while length - position >= 8 {
            state = step(octets.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        let rest = step(tail(length - position))
        let hash = Self.mix(rest, UInt64(truncatingIfNeeded: length) &+ seed)
        return UInt32(truncatingIfNeeded: hash >> 16)
    }

    /// The next octets, fewer than eight, as a number.
    @inline(__always)
    private func tail(_ count: Int) -> UInt64 {
        if octets.count - position >= 8 {
            let word = octets.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            return UInt64(littleEndian: word) & (1 << (8 * UInt64(count)) - 1)
        }
        var word: UInt64 = 0
        for index in 0..<count {
            word |= UInt64(octets[position + index]) << (8 * UInt64(index))
        }
        return word
    }

    @inline(__always)
    private func step(_ word: UInt64) -> UInt64 { Self.mix(state, word) &+ seed }

    @inline(__always)
    private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let (high, low) = (state ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return high ^ low
    }
}
