/// The sixteen words of Salsa20 as the four diagonals of their square, and its rounds.
///
/// On diagonals each step works on four words at once, and between the rounds three of the vectors
/// only have to be turned. Words 0, 5, 10, 15 are `a`; 4, 9, 14, 3 are `b`; 8, 13, 2, 7 are `c`;
/// 12, 1, 6, 11 are `d`.
struct SalsaState {
    typealias Words = SIMD4<UInt32>

    var a: Words
    var b: Words
    var c: Words
    var d: Words

    /// "expand 32-byte k", the constant of a 32-byte key.
    static let constants: Words = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]

    /// The start of a block: a key, and sixteen bytes that are nonce and number.
    @inline(__always)
    init(key: Bytes32, nonce: UInt64, block: UInt64) {
        let (k0, k1) = Self.halves(key.w0)
        let (k2, k3) = Self.halves(key.w1)
        let (k4, k5) = Self.halves(key.w2)
        let (k6, k7) = Self.halves(key.w3)
        let (n0, n1) = Self.halves(nonce)
        let (b0, b1) = Self.halves(block)
        a = Self.constants
        b = Words(k3, b1, k7, k2)
        c = Words(b0, k6, k1, n1)
        d = Words(k5, k0, n0, k4)
    }

    /// Adds two vectors and mixes the sum, rotated, into a third.
    @inline(__always)
    static func mix(_ target: inout Words, _ x: Words, _ y: Words, _ bits: UInt32) {
        let sum = x &+ y
        target ^= sum &<< Words(repeating: bits)
        target ^= sum &>> Words(repeating: 32 &- bits)
    }

    // The four steps of a round. They are named one by one so that several blocks can take turns.
    @inline(__always) mutating func mixB() { Self.mix(&b, a, d, 7) }
    @inline(__always) mutating func mixC() { Self.mix(&c, b, a, 9) }
    @inline(__always) mutating func mixD() { Self.mix(&d, c, b, 13) }
    @inline(__always) mutating func mixA() { Self.mix(&a, d, c, 18) }

    /// Columns become rows, and rows columns.
    @inline(__always)
    mutating func turn() {
        let turned = Words(d[1], d[2], d[3], d[0])
        c = Words(c[2], c[3], c[0], c[1])
        d = Words(b[3], b[0], b[1], b[2])
        b = turned
    }

    /// The twenty rounds, without the addition of the start at their end.
    @inline(__always)
    mutating func twentyRounds() {
        for _ in 0..<20 {
            mixB()
            mixC()
            mixD()
            mixA()
            turn()
        }
    }

    /// Adds the start and writes the block, 64 bytes in the order of the words.
    @inline(__always)
    func store(adding start: SalsaState, to target: UnsafeMutableRawPointer) {
        let (a, b, c, d) = (a &+ start.a, b &+ start.b, c &+ start.c, d &+ start.d)
        let row0 = Words(a[0], d[1], c[2], b[3])
        let row1 = Words(b[0], a[1], d[2], c[3])
        let row2 = Words(c[0], b[1], a[2], d[3])
        let row3 = Words(d[0], c[1], b[2], a[3])
        target.storeBytes(of: row0, as: Words.self)
        target.storeBytes(of: row1, toByteOffset: 16, as: Words.self)
        target.storeBytes(of: row2, toByteOffset: 32, as: Words.self)
        target.storeBytes(of: row3, toByteOffset: 48, as: Words.self)
    }

    @inline(__always)
    private static func halves(_ word: UInt64) -> (UInt32, UInt32) {
        (UInt32(truncatingIfNeeded: word), UInt32(truncatingIfNeeded: word >> 32))
    }
}
