extension FieldElement {
    /// Reads 255 bits in little-endian order; the topmost bit is ignored, as RFC 7748 asks.
    init(_ bytes: Bytes32) {
        l0 = bytes.w0 & Self.limbMask
        l1 = (bytes.w0 >> 51 | bytes.w1 << 13) & Self.limbMask
        l2 = (bytes.w1 >> 38 | bytes.w2 << 26) & Self.limbMask
        l3 = (bytes.w2 >> 25 | bytes.w3 << 39) & Self.limbMask
        l4 = (bytes.w3 >> 12) & Self.limbMask
    }

    /// The one representation below the modulus, in little-endian order.
    var bytes: Bytes32 {
        var number = carried.carried
        // One if the number has reached the modulus: then adding 19 carries out of the top.
        var carry = (number.l0 &+ 19) >> 51
        carry = (number.l1 &+ carry) >> 51
        carry = (number.l2 &+ carry) >> 51
        carry = (number.l3 &+ carry) >> 51
        carry = (number.l4 &+ carry) >> 51
        number.l0 &+= carry &* 19
        number = number.carriedUp
        return Bytes32(
            w0: number.l0 | number.l1 << 51,
            w1: number.l1 >> 13 | number.l2 << 38,
            w2: number.l2 >> 26 | number.l3 << 25,
            w3: number.l3 >> 39 | number.l4 << 12
        )
    }

    /// Every limb but the lowest is brought to 51 bits; the lowest may exceed them by a little.
    private var carried: FieldElement {
        var result = carriedUp
        result.l0 &+= (carriesAboveTop &* 19)
        return result
    }

    /// The same number with 51 bits a limb, without what goes beyond 255 bits.
    private var carriedUp: FieldElement {
        let s1 = l1 &+ (l0 >> 51)
        let s2 = l2 &+ (s1 >> 51)
        let s3 = l3 &+ (s2 >> 51)
        let s4 = l4 &+ (s3 >> 51)
        return FieldElement(
            l0: l0 & Self.limbMask,
            l1: s1 & Self.limbMask,
            l2: s2 & Self.limbMask,
            l3: s3 & Self.limbMask,
            l4: s4 & Self.limbMask
        )
    }

    private var carriesAboveTop: UInt64 {
        let s1 = l1 &+ (l0 >> 51)
        let s2 = l2 &+ (s1 >> 51)
        let s3 = l3 &+ (s2 >> 51)
        return (l4 &+ (s3 >> 51)) >> 51
    }
}
