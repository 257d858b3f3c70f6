import Testing
import ZeroMQ
import ZeroMQTestSupport

/// A peer that the socket will not have, which is told so before it believes that it is connected.
@Suite("Refused peers", .serialized)
struct RefusalTests {
    enum Pairing: CaseIterable {
        /// PAIR has a peer.
        case surplus
        /// ROUTER has a peer of that name.
        case name

        func server(_ context: Context) -> any ReceivingSocket & SendingSocket {
            switch self {
            case .surplus: PairSocket(context: context)
            case .name: RouterSocket(context: context)
            }
        }

        func client(_ context: Context) -> any ReceivingSocket & SendingSocket {
            let client: any ReceivingSocket & SendingSocket
            switch self {
            case .surplus: client = PairSocket(context: context)
            case .name:
                client = DealerSocket(context: context)
                client.options.routingID = "name"
            }
            client.linger = .discard
            return client
        }

        var reason: DisconnectReason { self == .surplus ? .surplusPeer : .duplicateIdentity }
        var text: String {
            self == .surplus ? "this PAIR has a peer" : "another peer has the same routing id"
        }
        var type: String { self == .surplus ? "PAIR" : "DEALER" }
        var identity: [UInt8]? { self == .surplus ? nil : Array("name".utf8) }
    }

    @Test(
        "who is refused keeps its messages, learns why, and comes more and more rarely",
        arguments: wires,
        Pairing.allCases
    )
    func refused(wire: String, pairing: Pairing) throws {
        try inContext { context in
            let server = pairing.server(context)
            let (first, second) = (pairing.client(context), pairing.client(context))
            second.options.reconnect = .backoff(from: .milliseconds(2), upTo: .seconds(1))
            let bound = try server.bind(wire)
            try first.connect(bound)
            try first.put("first")
            _ = try server.next()
            try second.connect(bound)
            for number in 0..<10 { try second.put(Message("\(number)")) }
            var failures = 0
            var pause = Duration.zero
            while pause < .milliseconds(100), let event = second.events.next(timeout: enough) {
                switch event {
                case .handshakeFailed(_, _, let reason):
                    #expect(reason == .refusedByPeer(pairing.text))
                    failures += 1
                case .retrying(_, let after): pause = after
                case .handshakeSucceeded, .disconnected: Issue.record("\(event)")
                default: break
                }
                #expect(server.peerCount == 1 && second.peerCount == 0)
            }
            // 2, 4, 8, 16, 32, 64, 128 and 256 ms, each perhaps half of that.
            #expect((6...9).contains(failures))
            let refusals = collected(server.events).filter {
                if case .peerRefused(_, _, pairing.reason) = $0 { true } else { false }
            }
            #expect(!refusals.isEmpty)
            #expect(second.statistics.messagesQueuedToSend == 10)
            #expect(second.statistics.dropped.isEmpty && server.statistics.dropped.isEmpty)
            // The place comes free, and nothing was lost.
            first.close()
            for number in 0..<10 {
                let message = try server.next()
                #expect(message[message.count - 1] == Frame("\(number)"))
            }
            #expect(server.peerCount == 1)
        }
    }

    private func collected(_ events: SocketEvents) -> [SocketEvent] {
        var all: [SocketEvent] = []
        while let event = events.tryNext() { all.append(event) }
        return all
    }

    @Test("an ERROR in place of READY, for those who come back", arguments: Pairing.allCases)
    func error(pairing: Pairing) throws {
        try inContext { context in
            let server = pairing.server(context)
            let first = pairing.client(context)
            let bound = try server.bind("tcp://127.0.0.1:*")
            try first.connect(bound)
            try first.waitForPeers(atLeast: 1, timeout: enough)
            for comesBack in [true, false] {
                let peer = try RawPeer(connectingTo: bound.description)
                let property = comesBack ? Wire.property("X-Comes-Back", [1]) : []
                let ready = Wire.ready(pairing.type, identity: pairing.identity, rest: property)
                peer.send(Wire.greeting() + ready)
                _ = try peer.receive(64)
                // Without it the connection is closed: libzmq comes back after that alone.
                if comesBack {
                    let frame = try peer.receiveFrame()
                    #expect(frame.isCommand && frame.body == error(pairing.text))
                }
                #expect(try isOver(peer))
            }
            #expect(server.peerCount == 1)
        }
    }

    /// Whether the connection ends without another word.
    private func isOver(_ peer: RawPeer) throws -> Bool {
        do {
            _ = try peer.receive(1)
            return false
        } catch RawPeerError.closed {
            return true
        }
    }

    private func error(_ text: String) -> [UInt8] {
        [5] + Array("ERROR".utf8) + [UInt8(text.utf8.count)] + Array(text.utf8)
    }

    @Test("a socket of the wrong type gets an ERROR in place of READY")
    func incompatible() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let bound = try pull.bind("tcp://127.0.0.1:*")
            let peer = try RawPeer(connectingTo: bound.description)
            peer.send(Wire.greeting() + Wire.ready("SUB"))
            _ = try peer.receive(64)
            #expect(try peer.receiveFrame().body == error("PULL cannot talk to SUB"))
            #expect(try isOver(peer))
            #expect(pull.peerCount == 0)
        }
    }

    @Test("a peer that waits for our READY gets it after a while")
    func patient() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let bound = try pull.bind("tcp://127.0.0.1:*")
            let peer = try RawPeer(connectingTo: bound.description)
            peer.send(Wire.greeting())
            _ = try peer.receive(64)
            let ready = try peer.receiveFrame()
            #expect(ready.body.starts(with: [5] + Array("READY".utf8)))
            peer.send(Wire.ready("PUSH") + Wire.text("hello"))
            #expect(try pull.next() == "hello")
        }
    }

    @Test("CURVE and PLAIN refuse in place of READY too", arguments: [false, true])
    func secured(isCurve: Bool) throws {
        try inContext { context in
            let keys = (server: try CurveKeyPair(), client: try CurveKeyPair())
            let server = PairSocket(context: context)
            server.options.security =
                isCurve ? .curveServer(keys.server) : .plainServer
            server.options.authenticator = Authenticator { _ in .accept() }
            let bound = try server.bind("tcp://127.0.0.1:*")
            let clients = (0..<2).map { _ in PairSocket(context: context) }
            for client in clients {
                client.linger = .discard
                client.options.security =
                    isCurve
                    ? .curveClient(keys.client, server: keys.server.publicKey)
                    : .plainClient(user: "user", password: "password")
            }
            try clients[0].connect(bound)
            try clients[0].waitForPeers(atLeast: 1, timeout: enough)
            try clients[1].connect(bound)
            try clients[1].put("kept")
            let event = clients[1].events.first { event in
                switch event {
                case .handshakeFailed, .handshakeSucceeded: true
                default: false
                }
            }
            #expect(
                event?.reason == .refusedByPeer("this PAIR has a peer") && event?.endpoint == bound
            )
            clients[0].close()
            #expect(try server.next() == "kept")
        }
    }
}
