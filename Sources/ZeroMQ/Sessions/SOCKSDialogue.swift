internal import ZeroMQReactor

/// The exchange with a SOCKS5 proxy until it has made the connection (RFC 1928, RFC 1929).
///
///     choosing ──method──▶ authenticating ──accepted──▶ requesting ──granted──▶ finished
///         └───────────no name wanted────────────────────▲
///
/// Bytes go in and bytes come out; the owner has the descriptor.
struct SOCKSDialogue {
    enum Step: Equatable {
        case needMore
        /// Send these bytes, then receive more.
        case send([UInt8])
        case connected
        case failed(String)
    }

    private enum Phase {
        case choosing
        case authenticating
        case requesting
        case finished
    }

    private static let version: UInt8 = 5
    /// The version of the exchange of name and password, which is numbered separately.
    private static let authenticationVersion: UInt8 = 1
    private enum Method {
        static let none: UInt8 = 0
        static let password: UInt8 = 2
    }
    private enum AddressType {
        static let ipv4: UInt8 = 1
        static let name: UInt8 = 3
        static let ipv6: UInt8 = 4
    }
    private let proxy: SOCKSProxy
    private let host: String
    private let port: UInt16
    private var phase = Phase.choosing
    private var received: [UInt8] = []

    init(proxy: SOCKSProxy, host: String, port: UInt16) {
        self.proxy = proxy
        self.host = host
        self.port = port
    }

    /// The first bytes to send: they offer one method.
    var opening: [UInt8] { [Self.version, 1, offeredMethod] }

    private var offeredMethod: UInt8 { proxy.username == nil ? Method.none : Method.password }

    /// How many bytes of the expected answer are missing. The caller must read no further than
    /// that.
    var lacking: Int { max(0, expected - received.count) }

    private var expected: Int {
        switch phase {
        case .choosing, .authenticating: return 2
        case .finished: return 0
        case .requesting:
            guard received.count >= 5 else { return 5 }
            switch received[3] {
            case AddressType.ipv4: return 4 + 4 + 2
            case AddressType.ipv6: return 4 + 16 + 2
            case AddressType.name: return 4 + 1 + Int(received[4]) + 2
            // The length of such an answer is unknown; these bytes suffice to reject it.
            default: return 5
            }
        }
    }

    /// Takes received bytes, at most as many as are missing.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> Step {
        received += bytes
        guard lacking == 0 else { return .needMore }
        let answer = received
        received = []
        switch phase {
        case .choosing: return methodChosen(answer)
        case .authenticating:
            guard answer[0] == Self.authenticationVersion else {
                return fail("the proxy's answer to the password is of version \(answer[0])")
            }
            return answer[1] == 0 ? request() : fail("the proxy refused the name or password")
        case .requesting: return granted(answer)
        case .finished: return .connected
        }
    }

    private mutating func methodChosen(_ answer: [UInt8]) -> Step {
        // The proxy must choose the method that was offered. A proxy that wants no password,
        // although one is configured, may not be the one that the user meant.
        guard answer[0] == Self.version, answer[1] == offeredMethod else {
            return fail("the proxy does not accept the method that was offered")
        }
        guard let name = proxy.username else { return request() }
        phase = .authenticating
        let password = Array((proxy.password ?? "").utf8)
        return .send(
            [Self.authenticationVersion, UInt8(clamping: name.utf8.count)] + name.utf8
                + [UInt8(clamping: password.count)] + password
        )
    }

    private mutating func request() -> Step {
        phase = .requesting
        return .send([Self.version, 1, 0] + destination + [UInt8(port >> 8), UInt8(port & 255)])
    }

    /// The host as an address if it is one, because a proxy may forbid names; otherwise as a name,
    /// which the proxy looks up. A zone id means nothing on the proxy's host, so it is left out.
    private var destination: [UInt8] {
        switch SocketAddress(numericHost: host, port: port) {
        case .ipv4(let number, _):
            return [AddressType.ipv4] + withUnsafeBytes(of: number.bigEndian, Array.init)
        case .ipv6(let high, let low, _, _):
            return [AddressType.ipv6] + withUnsafeBytes(of: high.bigEndian, Array.init)
                + withUnsafeBytes(of: low.bigEndian, Array.init)
        case .unixPath, .unixAbstract, nil:
            let name = Array(host.utf8.prefix(255))
            return [AddressType.name, UInt8(clamping: name.count)] + name
        }
    }

    private mutating func granted(_ answer: [UInt8]) -> Step {
        guard answer[0] == Self.version, answer[1] == 0 else {
            return fail("the proxy could not connect, code \(answer[1])")
        }
        guard [AddressType.ipv4, AddressType.name, AddressType.ipv6].contains(answer[3]) else {
            return fail("the proxy's answer has an address of unknown type \(answer[3])")
        }
        phase = .finished
        return .connected
    }

    private mutating func fail(_ reason: String) -> Step {
        phase = .finished
        return .failed(reason)
    }
}
