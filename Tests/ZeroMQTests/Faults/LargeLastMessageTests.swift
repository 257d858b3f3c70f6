import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// More than the kernel takes at once, behind enough small messages to be a burst: its last bytes
/// leave long after its sender has asked for the end.
@Suite("A large last message is sent whole before its endpoint ends", .serialized)
struct LargeLastMessageTests {
    /// How the sender asks for the end.
    enum Ending: CaseIterable {
        case close, takenBack, shutDown
    }

    /// A receiver whose loop reads nothing until it is let go, and little at a time after that.
    private final class SlowReader: Sendable {
        let network = FaultyNetwork()
        private let isHeldUp = Locked(false)

        func holdUp() {
            isHeldUp.withLock { $0 = true }
            network.beforeReceiving { [isHeldUp] in
                while isHeldUp.withLock({ $0 }) { letPass(.milliseconds(1)) }
            }
        }

        func letGo() { isHeldUp.withLock { $0 = false } }
    }

    /// A message whose end tells whether it is whole.
    private static func large(_ count: Int) -> [UInt8] {
        [UInt8](repeating: 7, count: count - 1) + [8]
    }

    private func fill(_ push: PushSocket, _ last: Message) throws {
        for number in 0..<20 {
            try push.put(Message(.patterned(200, seed: number)))
            // So far apart that the caller writes each of them itself.
            letPass(.milliseconds(1))
        }
        try push.put(last)
    }

    @Test(
        "to a slow reader, connected or bound, in clear and under CURVE",
        arguments: Ending.allCases,
        [true, false]
    )
    func framed(ending: Ending, connects: Bool) throws {
        for wire in wires { try endsWhole(ending, connects: connects, wire, count: 16 << 20) }
        // Sealing takes its time; a local connection takes a quarter of a megabyte at once.
        try endsWhole(ending, connects: connects, wires[1], count: 2 << 20, isSealed: true)
    }

    @Test("of sixteen megabytes under CURVE")
    func sealed() throws {
        try endsWhole(.close, connects: true, wires[0], count: 16 << 20, isSealed: true)
    }

    private func endsWhole(
        _ ending: Ending,
        connects: Bool,
        _ wire: String,
        count: Int,
        isSealed: Bool = false
    ) throws {
        let last = Message(Self.large(count))
        let reader = SlowReader()
        try inContext(reader.network) { receiving in
            let context = Context()
            let (push, pull) = (PushSocket(context: context), PullSocket(context: receiving))
            push.linger = .wait(upTo: .seconds(60))
            if isSealed {
                let keys = (server: try CurveKeyPair(), client: try CurveKeyPair())
                pull.options.security = .curveServer(keys.server)
                pull.options.authenticator = .anyoneHoldingTheServersPublicKey
                push.options.security = .curveClient(keys.client, server: keys.server.publicKey)
                if !connects { swap(&push.options.security, &pull.options.security) }
                push.options.authenticator = .anyoneHoldingTheServersPublicKey
            }
            let endpoint = connects ? try pull.bind(wire) : try push.bind(wire)
            if connects { try push.connect(endpoint) } else { try pull.connect(endpoint) }
            try push.waitForPeers(atLeast: 1, timeout: enough)
            try pull.waitForPeers(atLeast: 1, timeout: enough)
            reader.holdUp()
            try fill(push, last)
            if ending == .takenBack {
                if connects { try push.disconnect(endpoint) } else { try push.unbind(endpoint) }
            }
            let closer = try Worker { () -> Int in
                if ending != .shutDown { return push.close() }
                context.shutDown()
                return push.close()
            }
            reader.letGo()
            for number in 0..<20 {
                #expect(try pull.next() == Message(.patterned(200, seed: number)))
            }
            let isWhole = try pull.receive(timeout: .seconds(60)) == last
            #expect(isWhole, "\(wire), sealed: \(isSealed)")
            #expect(try closer.value() == 0)
            context.shutDown()
        }
    }

    @Test("of a raw connection, though it has left its queue", arguments: Ending.allCases)
    func raw(ending: Ending) throws {
        let context = Context()
        defer { context.shutDown() }
        let stream = StreamSocket(context: context)
        stream.linger = .wait(upTo: .seconds(60))
        let endpoint = try stream.bind("tcp://127.0.0.1:*")
        let peer = try RawPeer(connectingTo: "\(endpoint)")
        let id = try stream.next()[0]
        let last = Self.large(16 << 20)
        try stream.put([id, Frame(last)])
        if ending == .takenBack { try stream.unbind(endpoint) }
        let closer = try Worker { () -> Int in
            if ending == .shutDown { context.shutDown() }
            return stream.close()
        }
        let isWhole = try peer.receive(last.count) == last
        #expect(isWhole)
        #expect(peer.waitForClose())
        #expect(try closer.value() == 0)
    }
}
