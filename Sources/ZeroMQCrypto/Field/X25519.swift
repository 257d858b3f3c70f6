/// The Diffie–Hellman function of RFC 7748 on Curve25519.
package enum X25519 {
    /// The point that every public key is a multiple of.
    private static let basePoint = Bytes32(w0: 9, w1: 0, w2: 0, w3: 0)
    /// (486662 − 2) / 4, from the equation of the curve.
    private static let a24: UInt64 = 121_665

    /// The public key that belongs to a secret one.
    package static func publicKey(of secret: Bytes32) -> Bytes32 {
        multiply(basePoint, by: secret)
    }

    /// The secret that two sides share, or nil if the other's key lets it be nothing but zero.
    package static func shared(_ secret: Bytes32, with theirs: Bytes32) -> Bytes32? {
        let result = multiply(theirs, by: secret)
        return ConstantTime.isZero(result) ? nil : result
    }

    /// The scalar multiple of a point, by its u-coordinate; the scalar is clamped here.
    package static func multiply(_ point: Bytes32, by scalar: Bytes32) -> Bytes32 {
        let bits = clamped(scalar)
        let x1 = FieldElement(point)
        var ladder = Ladder(x1)
        var swapped: UInt64 = 0
        for position in stride(from: 254, through: 0, by: -1) {
            let bit = bits.word(position >> 6) >> UInt64(truncatingIfNeeded: position & 63) & 1
            ladder.exchange(where: 0 &- (swapped ^ bit))
            swapped = bit
            ladder.step(x1)
        }
        ladder.exchange(where: 0 &- swapped)
        return (ladder.x2 * ladder.z2.inverse).bytes
    }

    private static func clamped(_ scalar: Bytes32) -> Bytes32 {
        var result = scalar
        result.w0 &= ~7
        result.w3 = result.w3 & (1 << 63 &- 1) | 1 << 62
        return result
    }

    /// Two neighbouring multiples of a point, each as a fraction x/z.
    private struct Ladder {
        var x2 = FieldElement.one
        var z2 = FieldElement.zero
        var x3: FieldElement
        var z3 = FieldElement.one

        init(_ point: FieldElement) {
            x3 = point
        }

        @inline(__always)
        mutating func exchange(where mask: UInt64) {
            FieldElement.exchange(&x2, &x3, where: mask)
            FieldElement.exchange(&z2, &z3, where: mask)
        }

        /// Doubles the one and adds the two, in the formulas and letters of RFC 7748.
        @inline(__always)
        mutating func step(_ x1: FieldElement) {
            let a = x2 + z2
            let b = x2 - z2
            let da = (x3 - z3) * a
            let cb = (x3 + z3) * b
            let aa = a.squared
            let bb = b.squared
            let e = aa - bb
            x3 = (da + cb).squared
            z3 = x1 * (da - cb).squared
            x2 = aa * bb
            z2 = e * (aa + e.times(a24))
        }
    }
}
