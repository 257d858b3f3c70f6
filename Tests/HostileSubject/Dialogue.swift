import ZeroMQ

/// How bytes, messages and events are written in the lines between test and tested.
enum Dialogue {
    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text.isEmpty ? "-" : String(decoding: text, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)

    static func bytes(_ text: some StringProtocol) -> [UInt8] {
        guard text != "-" else { return [] }
        var bytes: [UInt8] = []
        var half: UInt8?
        for digit in text {
            guard let value = digit.hexDigitValue.map(UInt8.init) else { continue }
            if let high = half { bytes.append(high << 4 | value) }
            half = half == nil ? value : nil
        }
        return bytes
    }

    static func text(_ text: some StringProtocol) -> String {
        String(decoding: bytes(text), as: UTF8.self)
    }

    /// Frames up to this size are written whole.
    private static let longest = 64

    /// A frame whole, or by its size and a digest.
    static func fingerprint(_ frame: Frame) -> String {
        guard frame.count > longest else { return hexadecimal(frame) }
        let digest = frame.withUnsafeBytes(digest)
        return "#\(frame.count):\(String(digest, radix: 16))"
    }

    /// The hash of Fowler, Noll and Vo, but of words: a build for debugging is slow.
    private static func digest(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = 0xcbf2_9ce4_8422_2325 as UInt64
        var offset = 0
        while offset + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            hash = (hash ^ word ^ word >> 29) &* 0x100_0000_01b3
            offset += 8
        }
        while offset < bytes.count {
            hash = (hash ^ UInt64(bytes[offset])) &* 0x100_0000_01b3
            offset += 1
        }
        return hash
    }

    static func fingerprint(_ message: Message) -> String {
        message.map(fingerprint).joined(separator: ",")
    }
}
