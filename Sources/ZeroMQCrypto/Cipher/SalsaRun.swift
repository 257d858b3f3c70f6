/// The key stream of one long message, four blocks at a time.
///
/// The blocks of a message differ in their number only. More than half of the first two rounds is
/// the same for all of them, and is worked out once.
///
/// It lives in memory behind a pointer and is filled by a function that is not inlined: where the
/// optimiser sees that the four lanes of a vector are alike it works with one of them, and copies
/// between the two kinds of registers for longer than it saves.
struct SalsaRun {
    typealias Words = SalsaQuad.Words

    private var start: SalsaQuad
    /// What the third round is given of words that do not depend on the number, and of the others
    /// what they are as long as they do not.
    private var begun: SalsaQuad
    /// What the second round combines with these words.
    private var late4: Words
    private var late8: Words
    private var late12: Words

    /// Begins with a block whose number is a multiple of four.
    @inline(never)
    init(key: Bytes32, nonce: UInt64, block: UInt64) {
        start = SalsaQuad(key: key, nonce: nonce, block: block)
        (late4, late8, late12) = (Words(), Words(), Words())
        var x = start
        // Of the first column what 8, the number, has no part in; 8 is combined with it later.
        SalsaState.mix(&x.x4, x.x0, x.x12, 7)
        x.x8 = Words()
        SalsaState.mix(&x.x8, x.x4, x.x0, 9)
        // The other columns.
        SalsaQuad.quarter(&x.x5, &x.x9, &x.x13, &x.x1)
        SalsaQuad.quarter(&x.x10, &x.x14, &x.x2, &x.x6)
        SalsaQuad.quarter(&x.x15, &x.x3, &x.x7, &x.x11)
        // The row of 5, 6, 7 and 4, and how those of 10 and 15 begin.
        SalsaState.mix(&x.x6, x.x5, x.x4, 7)
        SalsaState.mix(&x.x7, x.x6, x.x5, 9)
        SalsaState.mix(&late4, x.x7, x.x6, 13)
        SalsaState.mix(&x.x5, x.x4 ^ late4, x.x7, 18)
        SalsaState.mix(&x.x11, x.x10, x.x9, 7)
        SalsaState.mix(&late8, x.x11, x.x10, 9)
        SalsaState.mix(&late12, x.x15, x.x14, 7)
        begun = x
    }

    /// The state of the next four blocks after two rounds.
    @inline(__always)
    func afterTwoRounds() -> SalsaQuad {
        var x = begun
        x.x8 ^= start.x8
        SalsaState.mix(&x.x12, x.x8, x.x4, 13)
        SalsaState.mix(&x.x0, x.x12, x.x8, 18)
        SalsaQuad.quarter(&x.x0, &x.x1, &x.x2, &x.x3)
        x.x4 ^= late4
        x.x8 ^= late8
        SalsaState.mix(&x.x9, x.x8, x.x11, 13)
        SalsaState.mix(&x.x10, x.x9, x.x8, 18)
        x.x12 ^= late12
        SalsaState.mix(&x.x13, x.x12, x.x15, 9)
        SalsaState.mix(&x.x14, x.x13, x.x12, 13)
        SalsaState.mix(&x.x15, x.x14, x.x13, 18)
        return x
    }

    /// Hands out four blocks after their rounds, in sixteens and with their places, and goes on.
    ///
    /// After as many as a box may have the number would need its other half.
    @inline(__always)
    mutating func finish(_ state: SalsaQuad, _ take: (Words, Int) -> Void) {
        state.blocks(adding: start, take)
        start.x8 &+= Words(repeating: 4)
    }
}
