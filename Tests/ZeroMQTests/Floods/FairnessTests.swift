import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// A peer that sends without end does not keep the others from being heard.
@Suite("Floods and other peers", .serialized)
struct FairnessTests {
    @Test("a REP answers beside peers that send no requests", arguments: [1, 2])
    func requests(peers: Int) throws {
        try inContext { context in
            let reply = ReplySocket(context: context)
            reply.linger = .discard
            let endpoint = try reply.bind("tcp://127.0.0.1:*")
            let flood = try Flood(at: endpoint, peers: peers, as: "DEALER") { _ in
                Wire.frame([])
            }
            defer { flood.stop() }
            try reply.waitForPeers(atLeast: peers, timeout: enough)
            let server = try Worker { [reply] in
                for _ in 0..<5 {
                    #expect(try reply.next() == "question")
                    try reply.put("answer")
                }
            }
            let punctuality = try Punctuality()
            defer { punctuality.stop() }
            let client = try RawPeer(connectingTo: "\(endpoint)")
            try client.shakeHands(as: "REQ")
            for _ in 0..<5 {
                // Through the hands of the kernel, the loop and the receiver, and back.
                try punctuality.check("answer", limit: .milliseconds(50)) {
                    client.send(Wire.frame([], flags: 1) + Wire.text("question"))
                    let frames = [try client.receiveFrame(), try client.receiveFrame()]
                    #expect(frames[0].body.isEmpty && frames[1].text == "answer")
                }
            }
            try server.value()
        }
    }

    @Test("a SUB receives beside a publisher of what it has not asked for")
    func subscriptions() throws {
        try inContext { context in
            let subscriber = SubscriberSocket(context: context)
            try subscriber.subscribe("wanted")
            let endpoint = try subscriber.bind("tcp://127.0.0.1:*")
            let flood = try Flood(at: endpoint, peers: 1, as: "PUB") { _ in Wire.text("zzz") }
            defer { flood.stop() }
            let publisher = PublisherSocket(context: context)
            try publisher.connect(endpoint)
            try publisher.waitForSubscribers(atLeast: 1, to: "wanted", timeout: enough)
            let punctuality = try Punctuality()
            defer { punctuality.stop() }
            for _ in 0..<20 {
                try punctuality.check("message", limit: .milliseconds(50)) {
                    try publisher.put("wanted")
                    #expect(try subscriber.next() == "wanted")
                }
            }
        }
    }

    @Test("two who send all they can are heard about equally")
    func turns() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            let flood = try Flood(at: endpoint, peers: 2, as: "PUSH") { Wire.text("\($0)") }
            defer { flood.stop() }
            try pull.waitForPeers(atLeast: 2, timeout: enough)
            var heard = ["0": 0, "1": 0]
            // Both are at it.
            while heard.values.contains(0) { heard[pullText(try pull.next())]? += 1 }
            heard = ["0": 0, "1": 0]
            for _ in 0..<100_000 { heard[pullText(try pull.next())]? += 1 }
            #expect(heard.values.allSatisfy { $0 > 5_000 }, "\(heard)")
        }
    }

    private func pullText(_ message: Message) -> String {
        String(decoding: message[0], as: UTF8.self)
    }

    @Test("a PING flood leaves the loop to others")
    func pings() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            let flood = try Flood(at: endpoint, peers: 2, as: "PUSH") { _ in Wire.ping() }
            defer { flood.stop() }
            let push = PushSocket(context: context)
            try push.connect(endpoint)
            try pull.waitForPeers(atLeast: 3, timeout: enough)
            let punctuality = try Punctuality()
            defer { punctuality.stop() }
            for _ in 0..<20 {
                try punctuality.check("message", limit: .milliseconds(50)) {
                    try push.put("message")
                    #expect(try pull.next() == "message")
                }
            }
        }
    }
}
