/// Salsa20 with a key of 32 octets, and the function that makes its keys for longer nonces.
///
/// Octets are taken in the order of a little-endian machine, the only kind that Swift runs on.
package enum Salsa20 {
    static let blockCount = 64
    /// Octets of key stream that are made at a time.
    static let batchCount = 4 * blockCount
    /// For more than this, four blocks at once are quicker than three.
    static let mostOctetsOfThree = 3 * blockCount

    /// HSalsa20: a key made of a key and 16 octets.
    package static func derivedKey(_ key: Octets32, input: (UInt64, UInt64)) -> Octets32 {
        var state = SalsaState(key: key, nonce: input.0, block: input.1)
        state.twentyRounds()
        return Octets32(
            w0: joined(state.a[0], state.a[1]),
            w1: joined(state.a[2], state.a[3]),
            w2: joined(state.d[2], state.c[3]),
            w3: joined(state.c[0], state.b[1])
        )
    }

    /// Writes key stream from a block on: as many octets as asked for or more, up to a batch.
    @inline(__always)
    static func keyStream(
        _ key: Octets32,
        nonce: UInt64,
        block: UInt64,
        atLeast count: Int,
        to target: UnsafeMutableRawPointer
    ) {
        if count <= blockCount {
            one(key, nonce, block, target)
        } else if count <= mostOctetsOfThree {
            three(key, nonce, block, target)
        } else {
            four(key, nonce, block, target)
        }
    }

    private static func one(
        _ key: Octets32,
        _ nonce: UInt64,
        _ block: UInt64,
        _ target: UnsafeMutableRawPointer
    ) {
        let start = SalsaState(key: key, nonce: nonce, block: block)
        var state = start
        state.twentyRounds()
        state.store(adding: start, to: target)
    }

    private static func three(
        _ key: Octets32,
        _ nonce: UInt64,
        _ block: UInt64,
        _ target: UnsafeMutableRawPointer
    ) {
        let start = SalsaTrio(key: key, nonce: nonce, block: block)
        var state = start
        for _ in 0..<20 { state.round() }
        state.store(adding: start, to: target)
    }

    private static func four(
        _ key: Octets32,
        _ nonce: UInt64,
        _ block: UInt64,
        _ target: UnsafeMutableRawPointer
    ) {
        let start = SalsaQuad(key: key, nonce: nonce, block: block)
        var state = start
        for _ in 0..<10 { state.doubleRound() }
        state.blocks(adding: start) { words, place in
            target.storeBytes(of: words, toByteOffset: place, as: SalsaQuad.Words.self)
        }
    }

    @inline(__always)
    private static func joined(_ low: UInt32, _ high: UInt32) -> UInt64 {
        UInt64(low) | UInt64(high) << 32
    }
}
