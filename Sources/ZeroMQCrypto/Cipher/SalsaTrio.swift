/// Three blocks of Salsa20 in step with each other, for what four blocks would be too many for.
///
/// The rounds of one block wait for each other; those of three fill the time. Twelve vectors are
/// what the sixteen registers of most processors hold with room to work.
struct SalsaTrio {
    private var first: SalsaState
    private var second: SalsaState
    private var third: SalsaState

    /// The start of three blocks that follow each other, of which the first has this number.
    @inline(__always)
    init(key: Bytes32, nonce: UInt64, block: UInt64) {
        first = SalsaState(key: key, nonce: nonce, block: block)
        second = SalsaState(key: key, nonce: nonce, block: block &+ 1)
        third = SalsaState(key: key, nonce: nonce, block: block &+ 2)
    }

    /// A round over the columns or over the rows, and the turn that follows it.
    @inline(__always)
    private mutating func round() {
        first.mixB()
        second.mixB()
        third.mixB()
        first.mixC()
        second.mixC()
        third.mixC()
        first.mixD()
        second.mixD()
        third.mixD()
        first.mixA()
        second.mixA()
        third.mixA()
        first.turn()
        second.turn()
        third.turn()
    }

    @inline(__always)
    mutating func twentyRounds() {
        for _ in 0..<20 { round() }
    }

    /// Adds the start and writes the three blocks one after the other, 192 bytes.
    @inline(__always)
    func store(adding start: SalsaTrio, to target: UnsafeMutableRawPointer) {
        first.store(adding: start.first, to: target)
        second.store(adding: start.second, to: target + Salsa20.blockCount)
        third.store(adding: start.third, to: target + 2 * Salsa20.blockCount)
    }
}
