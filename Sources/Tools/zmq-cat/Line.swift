import ZeroMQ

/// Messages as lines of text, and back again without loss.
enum Line {
    /// The message that a line stands for; nil if an escape in it is wrong.
    static func message(_ line: String) -> Message? {
        var frames: [Frame] = []
        for part in line.split(separator: "\t", omittingEmptySubsequences: false) {
            guard let frame = frame(String(part)) else { return nil }
            frames.append(frame)
        }
        return Message(frames: frames)
    }

    /// The bytes that a text with escapes stands for; nil if an escape is wrong.
    static func frame(_ text: String) -> Frame? {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "\\"): bytes.append(byte)
            case UInt8(ascii: "x"):
                let digits = rest.prefix(2)
                guard digits.count == 2, let value = UInt8(String(Substring(digits)), radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: return nil
            }
        }
        return Frame(bytes)
    }

    /// A message as one line: what is text as it is, everything else escaped.
    static func text(_ message: Message) -> String {
        message.map(text).joined(separator: "\t")
    }

    private static func text(_ frame: Frame) -> String {
        if let text = String(validating: frame), !text.unicodeScalars.contains(where: needsEscape) {
            return text
        }
        return frame.map { byte in
            switch byte {
            case UInt8(ascii: "\\"): "\\\\"
            case 0x20..<0x7f: String(UnicodeScalar(byte))
            default: "\\x" + hexadecimal(byte)
            }
        }.joined()
    }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\\" || scalar.properties.generalCategory == .control
    }

    // MARK: Hexadecimal

    /// A message as blocks of hexadecimal numbers, sixteen bytes in a line.
    static func hexadecimal(_ message: Message) -> String {
        message.indices.map { index in
            let frame = message[index]
            let title = "frame \(index + 1) of \(message.count), \(frame.count) bytes"
            let lines = stride(from: 0, to: frame.count, by: 16).map { row(frame, from: $0) }
            return ([title] + lines).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static func row(_ frame: Frame, from start: Int) -> String {
        let bytes = frame[start..<min(start + 16, frame.count)]
        let numbers = bytes.map(hexadecimal).joined(separator: " ")
        let padding = String(repeating: " ", count: 16 * 3 - numbers.count + 1)
        let text = bytes.map { (0x20..<0x7f).contains($0) ? String(UnicodeScalar($0)) : "." }
        let place = String(start, radix: 16)
        let zeros = String(repeating: "0", count: max(0, 6 - place.count))
        return "\(zeros)\(place)  \(numbers)\(padding)\(text.joined())"
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
