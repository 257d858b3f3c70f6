/// Four blocks of Salsa20 at once: each vector holds the same word of all four.
struct SalsaQuad {
    typealias Words = SIMD4<UInt32>

    var x0, x1, x2, x3: Words
    var x4, x5, x6, x7: Words
    var x8, x9, x10, x11: Words
    var x12, x13, x14, x15: Words

    /// The start of four blocks that follow each other, of which the first has this number.
    @inline(__always)
    init(key: Bytes32, nonce: UInt64, block: UInt64) {
        x0 = Words(repeating: SalsaState.constants[0])
        x5 = Words(repeating: SalsaState.constants[1])
        x10 = Words(repeating: SalsaState.constants[2])
        x15 = Words(repeating: SalsaState.constants[3])
        (x1, x2) = Self.spread(key.w0)
        (x3, x4) = Self.spread(key.w1)
        (x11, x12) = Self.spread(key.w2)
        (x13, x14) = Self.spread(key.w3)
        (x6, x7) = Self.spread(nonce)
        let numbers = SIMD4<UInt64>(repeating: block) &+ SIMD4<UInt64>(0, 1, 2, 3)
        x8 = Words(truncatingIfNeeded: numbers)
        x9 = Words(truncatingIfNeeded: numbers &>> SIMD4<UInt64>(repeating: 32))
    }

    @inline(__always)
    private static func spread(_ word: UInt64) -> (Words, Words) {
        (
            Words(repeating: UInt32(truncatingIfNeeded: word)),
            Words(repeating: UInt32(truncatingIfNeeded: word >> 32))
        )
    }

    @inline(__always)
    static func quarter(
        _ a: inout Words,
        _ b: inout Words,
        _ c: inout Words,
        _ d: inout Words
    ) {
        SalsaState.mix(&b, a, d, 7)
        SalsaState.mix(&c, b, a, 9)
        SalsaState.mix(&d, c, b, 13)
        SalsaState.mix(&a, d, c, 18)
    }

    /// A round over the columns and one over the rows.
    @inline(__always)
    mutating func doubleRound() {
        Self.quarter(&x0, &x4, &x8, &x12)
        Self.quarter(&x5, &x9, &x13, &x1)
        Self.quarter(&x10, &x14, &x2, &x6)
        Self.quarter(&x15, &x3, &x7, &x11)
        Self.quarter(&x0, &x1, &x2, &x3)
        Self.quarter(&x5, &x6, &x7, &x4)
        Self.quarter(&x10, &x11, &x8, &x9)
        Self.quarter(&x15, &x12, &x13, &x14)
    }

    @inline(__always)
    mutating func twentyRounds() {
        for _ in 0..<10 { doubleRound() }
    }

    /// Adds the start and writes the four blocks one after the other, 256 bytes.
    @inline(__always)
    func store(adding start: SalsaQuad, to target: UnsafeMutableRawPointer) {
        blocks(adding: start) { words, place in
            target.storeBytes(of: words, toByteOffset: place, as: Words.self)
        }
    }

    /// Adds the start and hands out the four blocks, 256 bytes, in sixteens and with their places.
    @inline(__always)
    func blocks(adding start: borrowing SalsaQuad, _ take: (Words, Int) -> Void) {
        Self.transpose(x0 &+ start.x0, x1 &+ start.x1, x2 &+ start.x2, x3 &+ start.x3, 0, take)
        Self.transpose(x4 &+ start.x4, x5 &+ start.x5, x6 &+ start.x6, x7 &+ start.x7, 16, take)
        Self.transpose(
            x8 &+ start.x8,
            x9 &+ start.x9,
            x10 &+ start.x10,
            x11 &+ start.x11,
            32,
            take
        )
        Self.transpose(
            x12 &+ start.x12,
            x13 &+ start.x13,
            x14 &+ start.x14,
            x15 &+ start.x15,
            48,
            take
        )
    }

    /// Puts together the four words of each block that belong together in it.
    @inline(__always)
    private static func transpose(
        _ a: Words,
        _ b: Words,
        _ c: Words,
        _ d: Words,
        _ place: Int,
        _ take: (Words, Int) -> Void
    ) {
        let (ab0, ab1) = Self.interleave(a, b)
        let (cd0, cd1) = Self.interleave(c, d)
        take(Self.pair(ab0[0], cd0[0]), place)
        take(Self.pair(ab0[1], cd0[1]), place + 64)
        take(Self.pair(ab1[0], cd1[0]), place + 128)
        take(Self.pair(ab1[1], cd1[1]), place + 192)
    }

    @inline(__always)
    private static func pair(_ low: UInt64, _ high: UInt64) -> Words {
        unsafeBitCast(SIMD2(low, high), to: Words.self)
    }

    @inline(__always)
    private static func interleave(_ a: Words, _ b: Words) -> (SIMD2<UInt64>, SIMD2<UInt64>) {
        (
            unsafeBitCast(Words(a[0], b[0], a[1], b[1]), to: SIMD2<UInt64>.self),
            unsafeBitCast(Words(a[2], b[2], a[3], b[3]), to: SIMD2<UInt64>.self)
        )
    }
}
