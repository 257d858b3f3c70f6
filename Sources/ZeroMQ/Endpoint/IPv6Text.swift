/// The written form of IPv6 addresses (RFC 4291, 2.2; RFC 4007, 11), judged without the system.
///
/// A text that passes here can still name an interface that this machine does not have.
enum IPv6Text {
    /// Whether a text is an IPv6 address, with or without a `%scope`.
    static func isAddress(_ text: Substring.UTF8View) -> Bool {
        let number: Substring.UTF8View
        if let percent = text.firstIndex(of: UInt8(ascii: "%")) {
            guard isScope(text[percent...].dropFirst()) else { return false }
            number = text[..<percent]
        } else {
            number = text
        }
        return isNumber(number)
    }

    /// A scope is the name or number of an interface.
    private static func isScope(_ text: Substring.UTF8View) -> Bool {
        let isPlain = { (byte: UInt8) in
            byte > UInt8(ascii: " ") && byte < 0x7f && !"%/:;[]".utf8.contains(byte)
        }
        return (1...15).contains(text.count) && text.allSatisfy(isPlain)
    }

    /// Eight groups, or fewer around one `::`, the last two of which may be written as IPv4.
    private static func isNumber(_ text: Substring.UTF8View) -> Bool {
        guard let gap = firstGap(in: text) else {
            return groups(text, mayEndInIPv4: true) == 8
        }
        let after = text[gap...].dropFirst(2)
        guard let left = groups(text[..<gap], mayEndInIPv4: false),
            let right = groups(after, mayEndInIPv4: true)
        else { return false }
        return left + right <= 7
    }

    /// Where the first `::` stands. A second one shows up as an empty group.
    private static func firstGap(in text: Substring.UTF8View) -> Substring.UTF8View.Index? {
        let colon = UInt8(ascii: ":")
        return text.indices.first { text[$0...].starts(with: [colon, colon]) }
    }

    /// How many groups of 16 bits a list holds; nil if one of them is malformed.
    private static func groups(_ text: Substring.UTF8View, mayEndInIPv4: Bool) -> Int? {
        if text.isEmpty { return 0 }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var count = 0
        for (position, part) in parts.enumerated() {
            if isGroup(part) {
                count += 1
            } else if mayEndInIPv4, position == parts.count - 1, isIPv4(part) {
                count += 2
            } else {
                return nil
            }
        }
        return count
    }

    /// One to four hexadecimal digits.
    private static func isGroup(_ text: Substring.UTF8View) -> Bool {
        (1...4).contains(text.count) && text.allSatisfy { Unicode.Scalar($0).isHexDigit }
    }

    /// Four decimal numbers up to 255 without leading zeros.
    private static func isIPv4(_ text: Substring.UTF8View) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                let digits = String(decoding: part, as: UTF8.self)
                return UInt8(digits).map { "\($0)" == digits } ?? false
            }
    }
}

extension Unicode.Scalar {
    /// Whether this is an ASCII hexadecimal digit.
    fileprivate var isHexDigit: Bool {
        properties.isASCIIHexDigit
    }
}
