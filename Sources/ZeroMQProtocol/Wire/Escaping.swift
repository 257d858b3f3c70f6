/// Turns bytes from a peer into text that is safe to print.
package enum Escaping {
    /// The longest run of bytes that is shown; what follows is replaced by an ellipsis.
    package static let defaultLimit = 255

    /// Printable ASCII as it is, everything else as `\xNN`.
    package static func text(
        _ bytes: some Collection<UInt8>,
        limit: Int = defaultLimit
    ) -> String {
        var text = ""
        for byte in bytes.prefix(limit) {
            append(byte, to: &text)
        }
        // Only whether there is more is asked, so a long input costs nothing.
        return bytes.dropFirst(limit).isEmpty ? text : text + "..."
    }

    /// Two hexadecimal digits after `0x`.
    package static func hexadecimal(_ byte: UInt8) -> String {
        "0x" + digits(byte)
    }

    private static func append(_ byte: UInt8, to text: inout String) {
        switch byte {
        // The backslash is escaped too, so that the result can be read back without doubt.
        case UInt8(ascii: "\\"): text += "\\\\"
        case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(byte))
        default: text += "\\x" + digits(byte)
        }
    }

    private static func digits(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
    }
}
