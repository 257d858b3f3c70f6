/// Turns octets from a peer into text that is safe to print.
package enum Escaping {
    /// The longest run of octets that is shown; what follows is replaced by an ellipsis.
    package static let defaultLimit = 255

    /// Printable ASCII as it is, everything else as `\xNN`.
    package static func text(
        _ octets: some Collection<UInt8>,
        limit: Int = defaultLimit
    ) -> String {
        var text = ""
        for octet in octets.prefix(limit) {
            append(octet, to: &text)
        }
        // Only whether there is more is asked, so a long input costs nothing.
        return octets.dropFirst(limit).isEmpty ? text : text + "..."
    }

    /// Two hexadecimal digits after `0x`.
    package static func hexadecimal(_ octet: UInt8) -> String {
        "0x" + digits(octet)
    }

    private static func append(_ octet: UInt8, to text: inout String) {
        switch octet {
        // The backslash is escaped too, so that the result can be read back without doubt.
        case UInt8(ascii: "\\"): text += "\\\\"
        case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(octet))
        default: text += "\\x" + digits(octet)
        }
    }

    private static func digits(_ octet: UInt8) -> String {
        let digits = String(octet, radix: 16)
        return octet < 16 ? "0" + digits : digits
    }
}
