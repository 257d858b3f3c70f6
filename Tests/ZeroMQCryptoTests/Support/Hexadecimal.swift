import ZeroMQCrypto

/// The octets of hexadecimal digits; anything else among them is passed over.
func octets(_ digits: some StringProtocol) -> [UInt8] {
    let nibbles = digits.compactMap(\.hexDigitValue)
    return stride(from: 0, to: nibbles.count - 1, by: 2).map {
        UInt8(nibbles[$0] << 4 | nibbles[$0 + 1])
    }
}

extension Octets32 {
    /// The octets of 64 hexadecimal digits.
    init(hexadecimal digits: some StringProtocol) {
        let octets = octets(digits)
        guard let value = Octets32(octets) else { preconditionFailure("\(octets.count) octets") }
        self = value
    }
}

func words(_ octets: [UInt8]) -> (UInt64, UInt64) {
    octets.withUnsafeBytes {
        (
            UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)),
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }
}

func octets(_ words: (UInt64, UInt64)) -> [UInt8] {
    [words.0, words.1].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
}
