/// Comparisons that take the same time whatever the bytes are.
package enum ConstantTime {
    /// Whether two runs of bytes are equal; only their lengths may show in the time it takes.
    package static func areEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<a.count { difference |= a[index] ^ b[index] }
        return isZero(UInt64(difference))
    }

    /// Whether two runs of bytes are equal; only their lengths may show in the time it takes.
    package static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.withUnsafeBytes { a in b.withUnsafeBytes { b in areEqual(a, b) } }
    }

    /// Whether every bit is zero.
    package static func isZero(_ bytes: Bytes32) -> Bool {
        isZero(bytes.w0 | bytes.w1 | bytes.w2 | bytes.w3)
    }

    /// The one place where a word becomes a Boolean: by arithmetic, in a function of its own so
    /// that the compiler cannot see what was compared and stop early.
    @inline(never)
    static func isZero(_ word: UInt64) -> Bool {
        (word | (0 &- word)) >> 63 == 0
    }
}
