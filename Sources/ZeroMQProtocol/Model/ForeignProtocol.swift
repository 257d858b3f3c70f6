/// What a connection seems to speak whose first octet is not that of ZMTP.
///
/// It is a guess from one octet, made so that the verdict never depends on how octets are cut.
package enum ForeignProtocol: Sendable, Equatable, CustomStringConvertible {
    case http
    case tls
    case ssh
    case unknown(firstOctet: UInt8)

    /// The guess for a first octet other than `ff`.
    package init(firstOctet: UInt8) {
        switch firstOctet {
        // GET, HEAD, POST PUT PATCH, DELETE, OPTIONS, CONNECT, TRACE.
        case UInt8(ascii: "G"), UInt8(ascii: "H"), UInt8(ascii: "P"), UInt8(ascii: "D"),
            UInt8(ascii: "O"), UInt8(ascii: "C"), UInt8(ascii: "T"):
            self = .http
        // The content type of a handshake record.
        case 0x16: self = .tls
        // "SSH-2.0-...".
        case UInt8(ascii: "S"): self = .ssh
        default: self = .unknown(firstOctet: firstOctet)
        }
    }

    package var description: String {
        switch self {
        case .http: "it seems to speak HTTP"
        case .tls: "it seems to speak TLS"
        case .ssh: "it seems to speak SSH"
        case .unknown(let octet): "its first octet is \(Escaping.hexadecimal(octet))"
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
