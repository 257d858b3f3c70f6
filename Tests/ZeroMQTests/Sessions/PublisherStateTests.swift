import Testing
import ZeroMQ
import ZeroMQTestSupport

/// A publisher that connects: subscriptions are those of one peer.
@Suite("What survives a reconnection: subscriptions", .serialized)
struct PublisherStateTests {
    @Test("subscriptions go with the subscriber", arguments: fixedWires)
    func subscriptions(wire: String) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            comesBackQuickly(publisher)
            publisher.welcomeMessage = "welcome"
            var peers = Successors { SubscriberSocket(context: context) }
            let first = try peers.next(at: wire)
            try first.subscribe()
            try publisher.connect(#require(peers.endpoint))
            try publisher.waitForSubscribers(atLeast: 1, to: "a", timeout: enough)
            first.close()
            waitUntilAlone(publisher)
            #expect(publisher.subscriptionCount == 0)
            #expect(
                code {
                    try publisher.waitForSubscribers(
                        atLeast: 1,
                        to: "a",
                        timeout: .milliseconds(20)
                    )
                } == .timedOut
            )
            let second = try peers.next(at: wire)
            try second.subscribe()
            try publisher.waitForSubscribers(atLeast: 1, to: "a", timeout: enough)
            try publisher.put("a message")
            #expect(try second.next(2) == ["welcome", "a message"])
        }
    }

    @Test("a peer that comes back twenty times with 2,000 topics leaves 2,000")
    func restarts() throws {
        try inContext { context in
            let server = try RawServer()
            let publisher = PublisherSocket(context: context)
            comesBackQuickly(publisher)
            try publisher.connect(Endpoint(server.endpoint))
            for round in 0..<20 {
                let peer = try server.accept()
                try peer.shakeHands(as: "SUB")
                let topics = (0..<2000).flatMap { Wire.subscribe(Array("\(round)-\($0)".utf8)) }
                peer.send(topics)
                #expect(eventually { publisher.subscriptionCount >= 2000 })
                #expect(publisher.subscriptionCount == 2000)
                #expect(publisher.topicCount == 2000)
                peer.close()
                waitUntilAlone(publisher)
            }
            #expect(eventually { publisher.topicCount == 0 })
        }
    }

    @Test("an XPUB hears that the topics of a lost peer are cancelled", arguments: fixedWires)
    func cancellations(wire: String) throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            comesBackQuickly(publisher)
            var peers = Successors { SubscriberSocket(context: context) }
            for name in ["a", "b"] {
                let peer = try peers.next(at: wire)
                try peer.subscribe(Frame(name))
                if name == "a" { try publisher.connect(#require(peers.endpoint)) }
                #expect(try publisher.next() == Message("\u{1}\(name)"))
                peer.close()
                #expect(try publisher.next() == Message("\u{0}\(name)"))
            }
        }
    }

    @Test("a grant for a peer that has gone is not the next one's", arguments: fixedWires)
    func grants(wire: String) throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            comesBackQuickly(publisher)
            publisher.isManual = true
            var peers = Successors { SubscriberSocket(context: context) }
            let first = try peers.next(at: wire)
            try first.subscribe("mine")
            try publisher.connect(#require(peers.endpoint))
            #expect(try publisher.next() == "\u{1}mine")
            try publisher.grant("mine")
            #expect(publisher.subscriptionCount == 1)
            first.close()
            waitUntilAlone(publisher)
            let second = try peers.next(at: wire)
            try publisher.waitForPeers(atLeast: 1, timeout: enough)
            try publisher.grant("mine too")
            #expect(publisher.subscriptionCount == 0)
            try second.subscribe("second")
            while try publisher.next() != "\u{1}second" {}
            try publisher.grant("second")
            #expect(publisher.subscriptionCount == 1)
        }
    }

    @Test("a lossless publisher does not wait for a subscriber that has gone")
    func lossless() throws {
        try inContext { context in
            let server = try RawServer()
            let publisher = PublisherSocket(context: context)
            comesBackQuickly(publisher)
            publisher.isLossless = true
            publisher.sendHighWaterMark = 4
            try publisher.connect(Endpoint(server.endpoint))
            let peer = try server.accept()
            try peer.shakeHands(as: "SUB")
            peer.send(Wire.subscribe([]))
            try publisher.waitForSubscribers(atLeast: 1, to: "", timeout: enough)
            let message = Message(Frame([UInt8](repeating: 7, count: 1_000_000)))
            // The kernel's buffers fill first.
            while try publisher.trySend(message) {}
            let sender = try Worker { try publisher.put(message) }
            peer.close()
            try sender.value()
            waitUntilAlone(publisher)
            #expect(try publisher.trySend(message))
        }
    }
}
