/// What is said to a SOCKS5 proxy until it has made the connection (RFC 1928, RFC 1929).
///
///     choosing ──method──▶ authenticating ──accepted──▶ requesting ──granted──▶ finished
///         └───────────no name wanted────────────────────▲
///
/// It is fed octets and answers with octets; the descriptor is its owner's.
struct SOCKSDialogue {
    enum Step: Equatable {
        case needMore
        /// To be sent; then more octets are awaited.
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

    /// The first octets to be sent: one method is offered.
    var opening: [UInt8] { [Self.version, 1, proxy.username == nil ? 0 : 2] }

    /// How many octets the answer awaited lacks: nothing beyond it may be read.
    var lacking: Int { max(0, expected - received.count) }

    private var expected: Int {
        switch phase {
        case .choosing, .authenticating: return 2
        case .finished: return 0
        case .requesting:
            guard received.count >= 5 else { return 5 }
            switch received[3] {
            case 1: return 4 + 4 + 2
            case 4: return 4 + 16 + 2
            default: return 4 + 1 + Int(received[4]) + 2
            }
        }
    }

    /// Takes octets, at most as many as are lacking.
    mutating func receive(_ octets: some Sequence<UInt8>) -> Step {
        received += octets
        guard lacking == 0 else { return .needMore }
        let answer = received
        received = []
        switch phase {
        case .choosing: return methodChosen(answer)
        case .authenticating:
            return answer[1] == 0 ? request() : fail("the proxy refused the name or password")
        case .requesting: return granted(answer)
        case .finished: return .connected
        }
    }

    private mutating func methodChosen(_ answer: [UInt8]) -> Step {
        switch (answer[0], answer[1]) {
        case (Self.version, 0): return request()
        case (Self.version, 2):
            guard let name = proxy.username else { return fail("the proxy asks for a name") }
            phase = .authenticating
            let password = Array((proxy.password ?? "").utf8)
            return .send(
                [1, UInt8(clamping: name.utf8.count)] + name.utf8
                    + [UInt8(clamping: password.count)] + password
            )
        default: return fail("the proxy accepts no method that was offered")
        }
    }

    private mutating func request() -> Step {
        phase = .requesting
        return .send([Self.version, 1, 0] + destination + [UInt8(port >> 8), UInt8(port & 255)])
    }

    /// The host as a name, which the proxy looks up; numeric hosts are names that it understands.
    private var destination: [UInt8] {
        let name = Array(host.utf8.prefix(255))
        return [3, UInt8(clamping: name.count)] + name
    }

    private mutating func granted(_ answer: [UInt8]) -> Step {
        guard answer[0] == Self.version, answer[1] == 0 else {
            return fail("the proxy could not connect, code \(answer[1])")
        }
        phase = .finished
        return .connected
    }

    private mutating func fail(_ reason: String) -> Step {
        phase = .finished
        return .failed(reason)
    }
}
