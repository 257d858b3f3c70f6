/// The one-time authenticator of RFC 8439, a polynomial modulo 2^130 − 5.
///
/// The sum is kept in two words of 64 bits and a small third one, so that a block takes four
/// multiplications of full width and a fifth, small one. Nothing depends on what the bytes are.
package struct Poly1305 {
    static let tagCount = 16
    static let blockCount = 16

    private var h0: UInt64 = 0
    private var h1: UInt64 = 0
    /// What lies above 128 bits, at most 4 after each block.
    private var h2: UInt64 = 0
    private let r0: UInt64
    private let r1: UInt64
    /// Five quarters of `r1`: what a product with it brings back from above 130 bits.
    private let s1: UInt64
    private let pad0: UInt64
    private let pad1: UInt64

    /// Begins with a key that must never be used for a second message.
    init(key: Bytes32) {
        r0 = key.w0 & 0x0fff_fffc_0fff_ffff
        r1 = key.w1 & 0x0fff_fffc_0fff_fffc
        s1 = r1 &+ (r1 >> 2)
        pad0 = key.w2
        pad1 = key.w3
    }

    /// Takes so many whole blocks of 16 bytes.
    @inline(__always)
    mutating func blocks(_ bytes: UnsafeRawPointer, count: Int) {
        var next = bytes
        for _ in 0..<count {
            block(next)
            next += Self.blockCount
        }
    }

    /// Takes one whole block.
    @inline(__always)
    mutating func block(_ bytes: UnsafeRawPointer) {
        let m0 = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        let m1 = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        absorb(m0, m1, top: 1)
    }

    /// Takes the end of a message, of whatever length.
    @inline(__always)
    mutating func end(_ bytes: UnsafeRawBufferPointer) {
        let whole = bytes.count / Self.blockCount
        if let base = bytes.baseAddress { blocks(base, count: whole) }
        rest(UnsafeRawBufferPointer(rebasing: bytes[(whole * Self.blockCount)...]))
    }

    /// Takes what is left of a message, less than a block.
    private mutating func rest(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        var word0: UInt64 = 0
        var word1: UInt64 = 0
        for index in 0..<bytes.count {
            Self.place(bytes[index], at: index, &word0, &word1)
        }
        Self.place(1, at: bytes.count, &word0, &word1)
        absorb(word0, word1, top: 0)
    }

    @inline(__always)
    private static func place(_ byte: UInt8, at i: Int, _ low: inout UInt64, _ high: inout UInt64) {
        let shift = UInt64(truncatingIfNeeded: (i & 7) * 8)
        if i < 8 { low |= UInt64(byte) << shift } else { high |= UInt64(byte) << shift }
    }

    /// Adds a number to the sum and multiplies the sum by the key.
    @inline(__always)
    private mutating func absorb(_ m0: UInt64, _ m1: UInt64, top: UInt64) {
        let low = Self.wide(h0) &+ Self.wide(m0)
        let middle = Self.wide(h1) &+ Self.wide(m1) &+ Self.wide(Self.carry(low))
        let a0 = Self.word(low)
        let a1 = Self.word(middle)
        let a2 = h2 &+ Self.carry(middle) &+ top
        let d0 = Self.product(a0, r0) &+ Self.product(a1, s1)
        let d1 =
            Self.product(a0, r1) &+ Self.product(a1, r0) &+ Self.wide(a2 &* s1)
            &+ Self.wide(Self.carry(d0))
        let d2 = a2 &* r0 &+ Self.carry(d1)
        // What is above 130 bits comes back at the bottom, five times.
        let back = (d2 & ~3) &+ (d2 >> 2)
        let sum0 = Self.wide(Self.word(d0)) &+ Self.wide(back)
        let sum1 = Self.wide(Self.word(d1)) &+ Self.wide(Self.carry(sum0))
        h0 = Self.word(sum0)
        h1 = Self.word(sum1)
        h2 = (d2 & 3) &+ Self.carry(sum1)
    }

    /// The tag of everything taken.
    func tag() -> (UInt64, UInt64) {
        // The sum, or the sum less the modulus if that is not below zero: both are worked out.
        let low = Self.wide(h0) &+ 5
        let middle = Self.wide(h1) &+ Self.wide(Self.carry(low))
        let reached = (h2 &+ Self.carry(middle)) >> 2
        let mask = 0 &- (reached & 1)
        let t0 = (h0 & ~mask) | (Self.word(low) & mask)
        let t1 = (h1 & ~mask) | (Self.word(middle) & mask)
        let sum0 = Self.wide(t0) &+ Self.wide(pad0)
        let sum1 = Self.wide(t1) &+ Self.wide(pad1) &+ Self.wide(Self.carry(sum0))
        return (Self.word(sum0), Self.word(sum1))
    }

    /// The tag of a whole message.
    package static func tag(of message: UnsafeRawBufferPointer, key: Bytes32) -> (UInt64, UInt64) {
        var state = Poly1305(key: key)
        state.end(message)
        return state.tag()
    }

    @inline(__always)
    private static func wide(_ word: UInt64) -> UInt128 { UInt128(word: word) }

    @inline(__always)
    private static func word(_ wide: UInt128) -> UInt64 { wide.words.low }

    @inline(__always)
    private static func carry(_ wide: UInt128) -> UInt64 { wide.words.high }

    @inline(__always)
    private static func product(_ a: UInt64, _ b: UInt64) -> UInt128 { UInt128(a, times: b) }
}
