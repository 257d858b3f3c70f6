/// What a connection seems to speak whose first byte is not that of ZMTP.
///
/// It is a guess from one byte, made so that the verdict never depends on how bytes are cut.
package enum ForeignProtocol: Sendable, Equatable, CustomStringConvertible {
    case http
    case tls
    case ssh
    case unknown(firstByte: UInt8)

    /// The guess for a first byte other than `ff`.
    package init(firstByte: UInt8) {
        switch firstByte {
        // GET, HEAD, POST PUT PATCH, DELETE, OPTIONS, CONNECT, TRACE.
        case UInt8(ascii: "G"), UInt8(ascii: "H"), UInt8(ascii: "P"), UInt8(ascii: "D"),
            UInt8(ascii: "O"), UInt8(ascii: "C"), UInt8(ascii: "T"):
            self = .http
        // The content type of a handshake record.
        case 0x16: self = .tls
        // "SSH-2.0-...".
        case UInt8(ascii: "S"): self = .ssh
        default: self = .unknown(firstByte: firstByte)
        }
    }

    package var description: String {
        switch self {
        case .http: "it seems to speak HTTP"
        case .tls: "it seems to speak TLS"
        case .ssh: "it seems to speak SSH"
        case .unknown(let byte): "its first byte is \(Escaping.hexadecimal(byte))"
        }
    }

    /// Advice that goes with the guess.
    package var hint: String {
        switch self {
        case .http: "an HTTP client or server seems to be at the other end"
        case .tls: "a TLS client or server seems to be at the other end"
        case .ssh: "an SSH client or server seems to be at the other end"
        case .unknown: "check the port; a ZMTP 1.0 peer with an identity looks like this too"
        }
    }
}
