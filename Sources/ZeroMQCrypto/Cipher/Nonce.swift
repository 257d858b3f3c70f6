/// A nonce of 24 bytes, in the two parts that XSalsa20 uses them in.
package struct Nonce: Sendable, Equatable {
    /// The first sixteen bytes, which go into the key.
    let prefix: NoncePrefix
    /// The last eight, as they stand in memory.
    let rest: UInt64

    /// A short nonce: a prefix of sixteen characters and a number.
    package init(_ prefix: NoncePrefix, counter: UInt64) {
        self.prefix = prefix
        rest = UInt64(littleEndian: counter.bigEndian)
    }

    /// A long nonce: a prefix of eight characters and sixteen bytes.
    package init(_ prefix: StaticString, long bytes: [UInt8]) {
        precondition(bytes.count == 16, "a long nonce has sixteen bytes of its own")
        let low = NoncePrefix.word(prefix, at: 0)
        (self.prefix, rest) = bytes.withUnsafeBytes { bytes in
            (
                NoncePrefix(low: low, high: Self.word(bytes, at: 0)),
                Self.word(bytes, at: 8)
            )
        }
    }

    /// Takes 24 bytes; nil for any other number of them.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 24 else { return nil }
        (prefix, rest) = bytes.withUnsafeBytes { bytes in
            (
                NoncePrefix(low: Self.word(bytes, at: 0), high: Self.word(bytes, at: 8)),
                Self.word(bytes, at: 16)
            )
        }
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
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
