/// The text form of keys, RFC 32: five characters for four bytes.
///
/// Keys go through here, so characters are found by looking at the whole alphabet each time:
/// neither a place in a table nor a branch depends on what is encoded.
package enum Z85 {
    private static let alphabet: StaticString = """
        0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#
        """

    /// Why a text is no Z85.
    package enum Fault: Error, Sendable, Equatable {
        case empty
        /// The number of characters is no multiple of five.
        case length(Int)
        /// A character that is not in the alphabet stands here, counted in bytes from zero.
        case character(at: Int)
        /// Five characters from here on stand for more than 32 bits.
        case tooGreat(at: Int)
    }

    /// The text of bytes, whose number must be a multiple of four.
    package static func encode(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        precondition(bytes.count.isMultiple(of: 4), "bytes come in fours")
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 4 * 5)
        for start in stride(from: 0, to: bytes.count, by: 4) {
            let word = bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)
            let number = UInt32(bigEndian: word)
            // Divisors that the compiler knows: a division by a variable takes a varying time.
            text.append(character(of: number / 52_200_625))
            text.append(character(of: number / 614_125 % 85))
            text.append(character(of: number / 7_225 % 85))
            text.append(character(of: number / 85 % 85))
            text.append(character(of: number % 85))
        }
        return text
    }

    /// The bytes of a text.
    package static func decode(_ text: some Collection<UInt8>) throws(Fault) -> [UInt8] {
        guard !text.isEmpty else { throw .empty }
        guard text.count.isMultiple(of: 5) else { throw .length(text.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 5 * 4)
        var number: UInt64 = 0
        for (position, character) in text.enumerated() {
            guard let digit = digit(of: character) else { throw .character(at: position) }
            number = number * 85 + digit
            guard position % 5 == 4 else { continue }
            guard number >> 32 == 0 else { throw .tooGreat(at: position - 4) }
            for shift: UInt64 in [24, 16, 8, 0] {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
            number = 0
        }
        return bytes
    }

    private static func character(of digit: UInt32) -> UInt8 {
        alphabet.withUTF8Buffer { alphabet in
            var result: UInt8 = 0
            for index in 0..<85 {
                let difference = UInt32(truncatingIfNeeded: index) ^ digit
                result |= alphabet[index] & onesIfZero(difference)
            }
            return result
        }
    }

    /// The digit of a character, or nil for one that has none.
    private static func digit(of character: UInt8) -> UInt64? {
        alphabet.withUTF8Buffer { alphabet in
            // One more than the digit, so that zero is left for a character that is not there.
            var result: UInt8 = 0
            for index in 0..<85 {
                let difference = UInt32(alphabet[index] ^ character)
                result |= UInt8(truncatingIfNeeded: index + 1) & onesIfZero(difference)
            }
            return result == 0 ? nil : UInt64(result) - 1
        }
    }

    private static func onesIfZero(_ word: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: ((word | (0 &- word)) >> 31) &- 1)
    }
}
