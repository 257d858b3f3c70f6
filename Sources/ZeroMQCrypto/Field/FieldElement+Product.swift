/// Products. What overflows 255 bits comes back at the bottom times 19, because 2^255 is 19 here.
extension FieldElement {
    @inline(__always)
    static func * (a: FieldElement, b: FieldElement) -> FieldElement {
        let b1 = b.l1 &* 19
        let b2 = b.l2 &* 19
        let b3 = b.l3 &* 19
        let b4 = b.l4 &* 19
        let r0 = wide(a.l0, b.l0) &+ wide(a.l1, b4) &+ wide(a.l2, b3)
        let r1 = wide(a.l0, b.l1) &+ wide(a.l1, b.l0) &+ wide(a.l2, b4)
        let r2 = wide(a.l0, b.l2) &+ wide(a.l1, b.l1) &+ wide(a.l2, b.l0)
        let r3 = wide(a.l0, b.l3) &+ wide(a.l1, b.l2) &+ wide(a.l2, b.l1)
        let r4 = wide(a.l0, b.l4) &+ wide(a.l1, b.l3) &+ wide(a.l2, b.l2)
        return carried(
            r0 &+ wide(a.l3, b2) &+ wide(a.l4, b1),
            r1 &+ wide(a.l3, b3) &+ wide(a.l4, b2),
            r2 &+ wide(a.l3, b4) &+ wide(a.l4, b3),
            r3 &+ wide(a.l3, b.l0) &+ wide(a.l4, b4),
            r4 &+ wide(a.l3, b.l1) &+ wide(a.l4, b.l0)
        )
    }

    /// The product of a number with itself, in fifteen multiplications instead of twenty-five.
    @inline(__always)
    var squared: FieldElement {
        let twice0 = l0 &* 2
        let twice1 = l1 &* 2
        let l3Back = l3 &* 19
        let l4Back = l4 &* 19
        let twice4Back = l4Back &* 2
        return Self.carried(
            Self.wide(l0, l0) &+ Self.wide(l1, twice4Back) &+ Self.wide(l2 &* 2, l3Back),
            Self.wide(twice0, l1) &+ Self.wide(l2, twice4Back) &+ Self.wide(l3, l3Back),
            Self.wide(twice0, l2) &+ Self.wide(l1, l1) &+ Self.wide(l3, twice4Back),
            Self.wide(twice0, l3) &+ Self.wide(twice1, l2) &+ Self.wide(l4, l4Back),
            Self.wide(twice0, l4) &+ Self.wide(twice1, l3) &+ Self.wide(l2, l2)
        )
    }

    /// The square of the square and so on, as often as said.
    @inline(__always)
    func squared(times: Int) -> FieldElement {
        var result = squared
        for _ in 1..<times { result = result.squared }
        return result
    }

    /// The product with a number of at most 20 bits.
    @inline(__always)
    func times(_ factor: UInt64) -> FieldElement {
        Self.carried(
            Self.wide(l0, factor),
            Self.wide(l1, factor),
            Self.wide(l2, factor),
            Self.wide(l3, factor),
            Self.wide(l4, factor)
        )
    }

    @inline(__always)
    private static func wide(_ a: UInt64, _ b: UInt64) -> UInt128 {
        UInt128(a, times: b)
    }

    /// Brings the limbs of a product back to 51 bits.
    @inline(__always)
    private static func carried(
        _ r0: UInt128,
        _ r1: UInt128,
        _ r2: UInt128,
        _ r3: UInt128,
        _ r4: UInt128
    ) -> FieldElement {
        let (l0, c0) = split(r0)
        let (l1, c1) = split(r1 &+ UInt128(word: c0))
        let (l2, c2) = split(r2 &+ UInt128(word: c1))
        let (l3, c3) = split(r3 &+ UInt128(word: c2))
        let (l4, c4) = split(r4 &+ UInt128(word: c3))
        let bottom = l0 &+ c4 &* 19
        return FieldElement(
            l0: bottom & limbMask,
            l1: l1 &+ (bottom >> 51),
            l2: l2,
            l3: l3,
            l4: l4
        )
    }

    @inline(__always)
    private static func split(_ wide: UInt128) -> (limb: UInt64, carry: UInt64) {
        let (low, high) = wide.words
        return (low & limbMask, low &>> 51 | high &<< 13)
    }
}
