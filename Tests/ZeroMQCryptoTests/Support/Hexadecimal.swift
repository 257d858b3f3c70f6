import ZeroMQCrypto

/// The bytes of hexadecimal digits; anything else among them is passed over.
func bytes(_ digits: some StringProtocol) -> [UInt8] {
    let nibbles = digits.compactMap(\.hexDigitValue)
    return stride(from: 0, to: nibbles.count - 1, by: 2).map {
        UInt8(nibbles[$0] << 4 | nibbles[$0 + 1])
    }
}

extension Bytes32 {
    /// The bytes of 64 hexadecimal digits.
    init(hexadecimal digits: some StringProtocol) {
        let bytes = bytes(digits)
        guard let value = Bytes32(bytes) else { preconditionFailure("\(bytes.count) bytes") }
        self = value
    }
}

func words(_ bytes: [UInt8]) -> (UInt64, UInt64) {
    bytes.withUnsafeBytes {
        (
            UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)),
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }
}

func bytes(_ words: (UInt64, UInt64)) -> [UInt8] {
    [words.0, words.1].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
}
