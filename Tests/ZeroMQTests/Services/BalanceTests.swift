import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// Every message that a socket accepted is in one place: with the system, dropped for a cause, or
/// in a queue. However an endpoint, a connection or a socket ends, and whoever is sending then.
@Suite("The books balance", .serialized)
struct BalanceTests {
    /// What becomes of the sender's connection.
    enum Ending: CaseIterable {
        case closeInTime, closeLate, closeAtOnce
        case takenBack, takenBackAtOnce
        case shutDown
        case peerFinishes, peerDies
        case givenUp
    }

    /// A sender with one peer that reads nothing before it is told to.
    private final class Rig: Sendable {
        static let frame = 9 + 10_000
        static let most = 3000

        let context = Context()
        let push: PushSocket
        let endpoint: Endpoint
        let peer: RawPeer
        let connects: Bool
        /// How much the handshake took.
        private let greeted: Int
        private let isOver = Locked(false)

        init(_ wire: String, connects: Bool, gives up: Bool) throws {
            push = PushSocket(context: context)
            push.sendHighWaterMark = .unlimited
            push.options.reconnect =
                up ? .never : .backoff(from: .seconds(3600), upTo: .seconds(3600))
            self.connects = connects
            if connects {
                let server = try RawServer(isLocal: wire.hasPrefix("ipc"))
                endpoint = try Endpoint(server.endpoint)
                try push.connect(endpoint)
                peer = try server.accept()
            } else {
                endpoint = try push.bind(wire)
                peer = try RawPeer(connectingTo: "\(endpoint)")
            }
            try peer.shakeHands(as: "PULL")
            try push.waitForPeers(atLeast: 1, timeout: enough)
            greeted = push.statistics.bytesSent
        }

        /// Sends as much as there is, and as it will be let, on a thread of its own. The value is
        /// how many messages were accepted.
        func startSending() throws -> Worker<Int> {
            let message = Message([UInt8](repeating: 7, count: 10_000))
            return try Worker { [push, isOver] in
                var accepted = 0
                while accepted < Rig.most, !isOver.withLock({ $0 }) {
                    do throws(ZeroMQError) {
                        if try push.trySend(message) { accepted += 1 }
                    } catch {
                        #expect([.socketClosed, .contextShutDown].contains(error.code))
                        return accepted
                    }
                }
                return accepted
            }
        }

        func stopSending() { isOver.withLock { $0 = true } }

        /// More than the kernel takes is under way.
        func waitForQueue() {
            while push.statistics.messagesSent < Rig.most / 2 { letPass(.milliseconds(1)) }
        }

        /// How many messages the system has whole.
        var handed: Int { (push.statistics.bytesSent - greeted) / Rig.frame }

        var isQueueEmpty: Bool { push.statistics.messagesQueuedToSend == 0 }

        /// Whether every message is in one place.
        var isBalanced: Bool {
            let books = push.statistics
            let kept = books.dropped.values.reduce(books.messagesQueuedToSend, +)
            return books.messagesSent == handed + kept
        }

        /// Takes everything that comes before the end. The value is how many whole messages.
        func receiveAll() throws -> Worker<Int> {
            try Worker { [peer] in
                var count = 0
                while let frame = try? peer.receiveFrame() {
                    guard frame.body.count == 10_000 else { continue }
                    count += 1
                }
                return count
            }
        }

        func takeBack() throws {
            if connects { try push.disconnect(endpoint) } else { try push.unbind(endpoint) }
        }

        /// Waits until an endpoint or connection has come to its end.
        func waitForEnd(_ isEnd: (SocketEvent) -> Bool) {
            #expect(push.events.first(where: isEnd) != nil)
        }
    }

    @Test(
        "connected or bound, over tcp and ipc",
        arguments: Ending.allCases,
        [(wires[0], true), (wires[0], false), (wires[1], true), (wires[1], false)]
    )
    func ending(_ ending: Ending, _ side: (wire: String, connects: Bool)) throws {
        // A bound endpoint is never given up.
        guard ending != .givenUp || side.connects else { return }
        let rig = try Rig(side.wire, connects: side.connects, gives: ending == .givenUp)
        defer { rig.context.shutDown() }
        let sender = try rig.startSending()
        rig.waitForQueue()
        var received: Worker<Int>?
        if ending == .closeInTime || ending == .takenBack { received = try rig.receiveAll() }
        let unsent = try end(rig, ending, &received)
        rig.stopSending()
        let accepted = try sender.value()
        // A loop may have to wait until the sender is done with the descriptor.
        let mayQueue = side.connects && [.peerFinishes, .peerDies].contains(ending)
        #expect(eventually { rig.isBalanced && (rig.isQueueEmpty || mayQueue) })
        let books = rig.push.statistics
        #expect(books.messagesSent == accepted)
        if let received { #expect(try received.value() == rig.handed) }
        check(ending, side.connects, books, unsent)
        // What is still queued is all that is left to be dropped.
        let queued = books.messagesQueuedToSend
        let rest = rig.push.close(linger: .discard)
        if !isClosed(ending) { #expect(rest == queued) }
        #expect(rig.isQueueEmpty && rig.isBalanced)
    }

    private func isClosed(_ ending: Ending) -> Bool {
        [.closeInTime, .closeLate, .closeAtOnce, .shutDown].contains(ending)
    }

    /// Brings the end about. Returns what `close` said was not sent, if the socket was closed.
    private func end(_ rig: Rig, _ ending: Ending, _ received: inout Worker<Int>?) throws -> Int? {
        let push = rig.push
        var unsent: Int?
        switch ending {
        case .closeInTime: unsent = push.close(linger: .waitForever)
        case .closeLate: unsent = push.close(linger: .wait(upTo: .milliseconds(30)))
        case .closeAtOnce: unsent = push.close(linger: .discard)
        case .shutDown:
            push.linger = .wait(upTo: .milliseconds(30))
            rig.context.shutDown()
            unsent = push.close()
        case .takenBack, .takenBackAtOnce:
            push.linger = ending == .takenBack ? .waitForever : .discard
            try rig.takeBack()
            rig.waitForEnd { if case .closed = $0 { true } else { false } }
        case .peerFinishes, .givenUp:
            rig.peer.finishSending()
            rig.waitForEnd { if case .disconnected = $0 { true } else { false } }
            if ending == .givenUp {
                rig.waitForEnd { if case .closed = $0 { true } else { false } }
            }
        case .peerDies:
            rig.peer.close()
            rig.waitForEnd { if case .disconnected = $0 { true } else { false } }
        }
        if received == nil, ending != .peerDies { received = try rig.receiveAll() }
        return unsent
    }

    /// The same loss has the same name, whichever side made the connection.
    private func check(
        _ ending: Ending,
        _ connects: Bool,
        _ books: SocketStatistics,
        _ unsent: Int?
    ) {
        switch ending {
        case .closeInTime, .takenBack: #expect(books.dropped == [:])
        case .closeLate, .closeAtOnce, .takenBackAtOnce, .shutDown:
            #expect(Set(books.dropped.keys) == [.lingerExpired])
        // What is for the endpoint waits for the next peer there, if there will be one.
        case .peerFinishes, .peerDies:
            #expect(Set(books.dropped.keys) == (connects ? [] : [.peerGone]))
            #expect((books.messagesQueuedToSend > 0) == connects)
        case .givenUp: #expect(Set(books.dropped.keys) == [.peerGone])
        }
        if let unsent { #expect(unsent == books.dropped[.lingerExpired] ?? 0) }
    }

    @Test("to real peers that read late, in clear and under CURVE", arguments: [true, false])
    func sealed(isSealed: Bool) throws {
        for ending in [Ending.closeLate, .closeAtOnce, .takenBackAtOnce, .shutDown] {
            for connects in [true, false] { try sealed(isSealed, ending, connects: connects) }
        }
    }

    private func sealed(_ isSealed: Bool, _ ending: Ending, connects: Bool) throws {
        let network = FaultyNetwork()
        try inContext(network) { receiving in
            let context = Context()
            defer { context.shutDown() }
            let (push, pull) = (PushSocket(context: context), PullSocket(context: receiving))
            if isSealed {
                let (server, client) = (try CurveKeyPair(), try CurveKeyPair())
                let bound: any Socket = connects ? pull : push
                let dialling: any Socket = connects ? push : pull
                bound.options.security = .curveServer(server)
                bound.options.authenticator = .anyoneHoldingTheServersPublicKey
                dialling.options.security = .curveClient(client, server: server.publicKey)
            }
            pull.receiveHighWaterMark = .unlimited
            let endpoint = connects ? try pull.bind(wires[0]) : try push.bind(wires[0])
            if connects { try push.connect(endpoint) } else { try pull.connect(endpoint) }
            try push.waitForPeers(atLeast: 1, timeout: enough)
            try pull.waitForPeers(atLeast: 1, timeout: enough)
            let isHeldUp = Locked(true)
            network.beforeReceiving {
                while isHeldUp.withLock({ $0 }) { letPass(.milliseconds(1)) }
            }
            for number in 0..<900 { try push.put(Message(.patterned(30_000, seed: number))) }
            switch ending {
            case .closeLate: push.close(linger: .wait(upTo: .milliseconds(30)))
            case .closeAtOnce: push.close(linger: .discard)
            case .shutDown:
                push.linger = .discard
                context.shutDown()
            default:
                push.linger = .discard
                if connects { try push.disconnect(endpoint) } else { try push.unbind(endpoint) }
                #expect(push.events.first { if case .closed = $0 { true } else { false } } != nil)
            }
            isHeldUp.withLock { $0 = false }
            #expect(pull.events.first { if case .disconnected = $0 { true } else { false } } != nil)
            var received = 0
            while let message = try pull.tryReceive() {
                #expect(message == Message(.patterned(30_000, seed: received)))
                received += 1
            }
            let books = push.statistics
            #expect(books.messagesSent == 900 && books.messagesQueuedToSend == 0)
            #expect(received + (books.dropped[.lingerExpired] ?? 0) == 900, "\(ending) \(connects)")
            #expect(received < 900)
        }
    }
}
