/// Salsa20 with a key of 32 bytes, and the function that makes its keys for longer nonces.
///
/// Bytes are taken in the order of a little-endian machine, the only kind that Swift runs on.
package enum Salsa20 {
    static let blockCount = 64
    /// Bytes of key stream that are made at a time.
    static let batchCount = 4 * blockCount
    /// For more than this, four blocks at once are quicker than three.
    static let mostBytesOfThree = 3 * blockCount

    /// HSalsa20: a key made of a key and 16 bytes.
    package static func derivedKey(_ key: Bytes32, input: (UInt64, UInt64)) -> Bytes32 {
        var state = SalsaState(key: key, nonce: input.0, block: input.1)
        state.twentyRounds()
        return Bytes32(
            w0: joined(state.a[0], state.a[1]),
            w1: joined(state.a[2], state.a[3]),
            w2: joined(state.d[2], state.c[3]),
            w3: joined(state.c[0], state.b[1])
        )
    }

    /// Writes key stream from a block on: as many bytes as asked for or more, up to a batch.
    @inline(__always)
    static func keyStream(
        _ key: Bytes32,
        nonce: UInt64,
        block: UInt64,
        atLeast count: Int,
        to target: UnsafeMutableRawPointer
    ) {
        if count <= blockCount {
            write(SalsaState.self, key, nonce, block, target)
        } else if count <= mostBytesOfThree {
            write(SalsaTrio.self, key, nonce, block, target)
        } else {
            write(SalsaQuad.self, key, nonce, block, target)
        }
    }

    /// Not part of its callers, so that each of the three stands once in the program.
    @inline(never)
    private static func write<Blocks: SalsaBlocks>(
        _: Blocks.Type,
        _ key: Bytes32,
        _ nonce: UInt64,
        _ block: UInt64,
        _ target: UnsafeMutableRawPointer
    ) {
        let start = Blocks(key: key, nonce: nonce, block: block)
        var state = start
        state.twentyRounds()
        state.store(adding: start, to: target)
    }

    @inline(__always)
    private static func joined(_ low: UInt32, _ high: UInt32) -> UInt64 {
        UInt64(low) | UInt64(high) << 32
    }
}

/// Some blocks of key stream that follow each other and are made at once.
protocol SalsaBlocks {
    /// The start of the blocks, of which the first has this number.
    init(key: Bytes32, nonce: UInt64, block: UInt64)

    /// The twenty rounds, without the addition of the start at their end.
    mutating func twentyRounds()

    /// Adds the start and writes the blocks, one after the other.
    func store(adding start: Self, to target: UnsafeMutableRawPointer)
}

extension SalsaState: SalsaBlocks {}
extension SalsaTrio: SalsaBlocks {}
extension SalsaQuad: SalsaBlocks {}
