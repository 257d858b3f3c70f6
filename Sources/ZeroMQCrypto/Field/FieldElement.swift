/// A number modulo 2^255 − 19 as five limbs of 51 bits, with room above for sums.
///
/// Every operation does the same work whatever the values are. A product, a square and what was
/// read from bytes have limbs below 2^52; a sum or difference of such has limbs below 2^54, and
/// that is the most a product takes.
struct FieldElement {
    var l0: UInt64
    var l1: UInt64
    var l2: UInt64
    var l3: UInt64
    var l4: UInt64

    static let limbMask: UInt64 = (1 << 51) &- 1
    static let zero = FieldElement(l0: 0, l1: 0, l2: 0, l3: 0, l4: 0)
    static let one = FieldElement(l0: 1, l1: 0, l2: 0, l3: 0, l4: 0)

    @inline(__always)
    static func + (a: FieldElement, b: FieldElement) -> FieldElement {
        FieldElement(
            l0: a.l0 &+ b.l0,
            l1: a.l1 &+ b.l1,
            l2: a.l2 &+ b.l2,
            l3: a.l3 &+ b.l3,
            l4: a.l4 &+ b.l4
        )
    }

    /// Four times the modulus is added first, so that no limb falls below zero.
    @inline(__always)
    static func - (a: FieldElement, b: FieldElement) -> FieldElement {
        let lowest: UInt64 = (1 << 53) &- 76
        let other: UInt64 = (1 << 53) &- 4
        return FieldElement(
            l0: a.l0 &+ lowest &- b.l0,
            l1: a.l1 &+ other &- b.l1,
            l2: a.l2 &+ other &- b.l2,
            l3: a.l3 &+ other &- b.l3,
            l4: a.l4 &+ other &- b.l4
        )
    }

    /// Exchanges two numbers where the mask is all ones, and leaves them where it is zero.
    @inline(__always)
    static func exchange(_ a: inout FieldElement, _ b: inout FieldElement, where mask: UInt64) {
        exchange(&a.l0, &b.l0, mask)
        exchange(&a.l1, &b.l1, mask)
        exchange(&a.l2, &b.l2, mask)
        exchange(&a.l3, &b.l3, mask)
        exchange(&a.l4, &b.l4, mask)
    }

    @inline(__always)
    private static func exchange(_ a: inout UInt64, _ b: inout UInt64, _ mask: UInt64) {
        let difference = (a ^ b) & mask
        a ^= difference
        b ^= difference
    }
}
