/// The two words of a wide number, without the standard library's conversions.
///
/// Those are generic and, without optimisation, take five times as long as a multiplication, so
/// that debugging a program would mean waiting for every handshake. Optimised, both are nothing.
extension UInt128 {
    /// The product of two words.
    @inline(__always)
    init(_ a: UInt64, times b: UInt64) {
        let (high, low) = a.multipliedFullWidth(by: b)
        self = unsafeBitCast((low, high), to: UInt128.self)
    }

    /// The same number, wider.
    @inline(__always)
    init(word: UInt64) {
        self = unsafeBitCast((word, 0 as UInt64), to: UInt128.self)
    }

    /// The low and the high word, in the order of a little-endian machine.
    @inline(__always)
    var words: (low: UInt64, high: UInt64) {
        unsafeBitCast(self, to: (UInt64, UInt64).self)
    }
}
