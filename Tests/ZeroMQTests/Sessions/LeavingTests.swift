import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// What is sent after an endpoint was taken back goes elsewhere, though the endpoint still has
/// messages to send.
@Suite("An endpoint that leaves gets nothing more to send", .tags(.threads))
struct LeavingTests {
    private static let unheard = ["ipc:///tmp/zeromq-tests-nobody", "inproc://nobody"]

    /// A sender, and a receiver for it.
    private func make(
        _ kind: String,
        _ context: Context
    ) -> (any SendingSocket, any ReceivingSocket) {
        kind == "PUSH"
            ? (PushSocket(context: context), PullSocket(context: context))
            : (DealerSocket(context: context), DealerSocket(context: context))
    }

    @Test("after disconnect", arguments: ["PUSH", "DEALER"], unheard)
    func disconnect(kind: String, unheard: String) throws {
        try inContext { context in
            let (sender, receiver) = make(kind, context)
            sender.linger = .waitForever
            try sender.connect(unheard)
            for _ in 0..<10 { try sender.put("for nobody") }
            try sender.connect(receiver.bind("tcp://127.0.0.1:*"))
            try sender.waitForPeers(atLeast: 1, timeout: enough)
            try sender.disconnect(unheard)
            for number in 0..<100 { try sender.put(Message("\(number)")) }
            for number in 0..<100 { #expect(try receiver.next() == Message("\(number)")) }
            #expect(sender.statistics.messagesQueuedToSend == 10)
            #expect(sender.close(linger: .discard) == 10)
            #expect(sender.statistics.dropped == [.lingerExpired: 10])
        }
    }

    /// A bound endpoint with one peer that takes nothing for as long as it is kept.
    private func stall(_ sender: any SendingSocket, as kind: String) throws -> (Endpoint, RawPeer) {
        let endpoint = try sender.bind("tcp://127.0.0.1:*")
        let peer = try RawPeer(connectingTo: "\(endpoint)")
        try peer.shakeHands(as: kind)
        if kind == "SUB" { peer.send(Wire.text("\u{1}")) }
        try sender.waitForPeers(atLeast: 1, timeout: enough)
        return (endpoint, peer)
    }

    private static let large = Message([UInt8](repeating: 7, count: 1 << 20))

    @Test("after unbind", arguments: ["PUSH", "DEALER"])
    func unbind(kind: String) throws {
        try inContext { context in
            let (sender, receiver) = make(kind, context)
            sender.linger = .waitForever
            let (endpoint, peer) = try stall(sender, as: kind == "PUSH" ? "PULL" : "DEALER")
            defer { peer.close() }
            for _ in 0..<40 { try sender.put(Self.large) }
            try sender.connect(receiver.bind("tcp://127.0.0.1:*"))
            try sender.waitForPeers(atLeast: 2, timeout: enough)
            try sender.unbind(endpoint)
            for number in 0..<100 { try sender.put(Message("\(number)")) }
            for number in 0..<100 { #expect(try receiver.next() == Message("\(number)")) }
            sender.close(linger: .discard)
        }
    }

    @Test("a publisher, a ROUTER and a XSUB send nothing there either")
    func everyPattern() throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let (endpoint, subscribed) = try stall(publisher, as: "SUB")
            defer { subscribed.close() }
            try publisher.waitForSubscribers(atLeast: 1, timeout: enough)
            for _ in 0..<40 { try publisher.put(Self.large) }
            try publisher.unbind(endpoint)
            try publisher.put("late")
            #expect(publisher.statistics.dropped[.noSubscriber] == 1)
            #expect(publisher.statistics.messagesSent == 40)

            let router = RouterSocket(context: context)
            router.options.connectRoutingID = "there"
            router.isMandatory = true
            let server = try RawServer()
            try router.connect(server.endpoint)
            let peer = try server.accept()
            defer { peer.close() }
            try peer.shakeHands(as: "DEALER")
            try router.waitForPeers(atLeast: 1, timeout: enough)
            for _ in 0..<40 { try router.put(["there", Self.large[0]]) }
            try router.disconnect(server.endpoint)
            #expect(code { try router.put(["there", "late"]) } == .hostUnreachable)
            #expect(router.statistics.messagesSent == 40)

            let subscriber = XSubscriberSocket(context: context)
            try subscriber.connect(Self.unheard[0])
            for _ in 0..<3 { try subscriber.put("upstream") }
            try subscriber.disconnect(Self.unheard[0])
            try subscriber.put("late")
            #expect(subscriber.statistics.messagesSent == 3)
            for socket in [publisher, router, subscriber] as [any Socket] {
                socket.close(linger: .discard)
            }
        }
    }

    @Test("a PAIR whose peer is leaving has place for the next")
    func pair() throws {
        try inContext { context in
            let (one, two) = (PairSocket(context: context), PairSocket(context: context))
            one.linger = .waitForever
            try one.connect(Self.unheard[0])
            try one.put("for nobody")
            try one.disconnect(Self.unheard[0])
            try one.connect(two.bind("tcp://127.0.0.1:*"))
            try one.put("for the next")
            #expect(try two.next() == "for the next")
            #expect(one.close(linger: .discard) == 1)
        }
    }

    @Test("what was received, and what arrives meanwhile, stays readable")
    func receiving() throws {
        try inContext { context in
            let dealer = DealerSocket(context: context)
            let (endpoint, peer) = try stall(dealer, as: "DEALER")
            for _ in 0..<40 { try dealer.put(Self.large) }
            peer.send(Wire.text("before"))
            #expect(try dealer.next() == "before")
            dealer.linger = .waitForever
            try dealer.unbind(endpoint)
            peer.send(Wire.text("after"))
            #expect(try dealer.next() == "after")
            dealer.close(linger: .discard)
        }
    }

    @Test("nothing is lost while busy senders' endpoints come and go", arguments: transports)
    func comingAndGoing(wire: String) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            let staying = try pull.bind(wire)
            let leaving = try pull.bind(wire.replacing("somewhere", with: "elsewhere"))
            push.linger = .wait(upTo: .seconds(60))
            try push.connect(staying)
            let (threads, count) = (8, 4000)
            let receiver = try Worker { try pull.next(threads * count).count }
            let isOver = Locked(false)
            let changer = try Worker {
                while !isOver.withLock({ $0 }) {
                    try push.connect(leaving)
                    try push.disconnect(leaving)
                }
            }
            let senders = try (0..<threads).map { _ in
                try Worker { for _ in 0..<count { try push.put("x") } }
            }
            for sender in senders { try sender.value() }
            isOver.withLock { $0 = true }
            try changer.value()
            #expect(try receiver.value() == threads * count)
            #expect(push.close() == 0)
            #expect(push.statistics.dropped == [:])
        }
    }
}
