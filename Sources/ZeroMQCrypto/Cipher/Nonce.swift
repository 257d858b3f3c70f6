/// A nonce of 24 octets, in the two parts that XSalsa20 uses them in.
package struct Nonce: Sendable, Equatable {
    /// The first sixteen octets, which go into the key.
    let prefix: NoncePrefix
    /// The last eight, as they stand in memory.
    let rest: UInt64

    /// A short nonce: a prefix of sixteen characters and a number.
    package init(_ prefix: NoncePrefix, counter: UInt64) {
        self.prefix = prefix
        rest = UInt64(littleEndian: counter.bigEndian)
    }

    /// A long nonce: a prefix of eight characters and sixteen octets.
    package init(_ prefix: StaticString, long: (UInt64, UInt64)) {
        self.prefix = NoncePrefix(low: NoncePrefix.word(prefix, at: 0), high: long.0)
        rest = long.1
    }

    /// Takes 24 octets; nil for any other number of them.
    package init?(_ octets: [UInt8]) {
        guard octets.count == 24 else { return nil }
        let words = octets.withUnsafeBytes { bytes in
            (0..<3).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
            }
        }
        prefix = NoncePrefix(low: words[0], high: words[1])
        rest = words[2]
    }
}

/// The sixteen characters with which the nonces of one purpose begin.
package struct NoncePrefix: Sendable, Equatable {
    let low: UInt64
    let high: UInt64

    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// Takes a literal of exactly sixteen ASCII characters.
    package init(_ text: StaticString) {
        precondition(text.utf8CodeUnitCount == 16, "a prefix has sixteen characters")
        low = Self.word(text, at: 0)
        high = Self.word(text, at: 8)
    }

    static func word(_ text: StaticString, at offset: Int) -> UInt64 {
        precondition(text.utf8CodeUnitCount >= offset + 8, "the literal is long enough")
        let start = UnsafeRawPointer(text.utf8Start)
        return UInt64(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
