import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// Hundreds who send without end, and one who does not.
@Suite("Crowds", .serialized)
struct CrowdTests {
    /// Peers on a few threads, each of which goes from one to the next.
    private final class Crowd: Sendable {
        private let isOver = Locked(false)
        private let threads = Locked<[SystemThread]>([])

        init(of count: Int, at endpoint: String, as type: String, sending one: [UInt8]) throws {
            let many = Array(repeatElement(one, count: max(1, 65_536 / one.count)).joined())
            let groups = try (0..<2).map { _ in
                try (0..<count / 2).map { _ in
                    let peer = try RawPeer(connectingTo: endpoint)
                    try peer.shakeHands(as: type)
                    return peer
                }
            }
            for peers in groups {
                let thread = try SystemThread.start(name: "crowd") { [isOver] in
                    var rests = Array(repeating: many[...], count: peers.count)
                    while !isOver.withLock({ $0 }) {
                        for (index, peer) in peers.enumerated() {
                            let sent = peer.sendSome(rests[index], milliseconds: 0)
                            rests[index] = rests[index].dropFirst(max(0, sent))
                            if rests[index].isEmpty { rests[index] = many[...] }
                        }
                    }
                    for peer in peers { peer.close() }
                }
                threads.withLock { $0.append(thread) }
            }
        }

        func stop() {
            isOver.withLock { $0 = true }
            for thread in threads.withLock({ $0 }) { thread.join() }
        }
    }

    enum Kind: String, CaseIterable {
        case messages, pings, subscriptions

        var bytes: [UInt8] {
            switch self {
            case .messages: Wire.text("x")
            case .pings: Wire.ping(context: [1])
            case .subscriptions: Wire.subscribe([97]) + Wire.frame([0, 97])
            }
        }
    }

    @Test(
        "one of 201 is answered, newcomers are let in, and calls return",
        arguments: Kind.allCases
    )
    func oneOfMany(kind: Kind) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            publisher.linger = .discard
            publisher.options.backlog = 500
            let endpoint = try publisher.bind("tcp://127.0.0.1:*").description
            let crowd = try Crowd(of: 200, at: endpoint, as: "SUB", sending: kind.bytes)
            defer { crowd.stop() }
            try publisher.waitForPeers(atLeast: 200, timeout: enough)
            let received = publisher.statistics.bytesReceived
            #expect(eventually { publisher.statistics.bytesReceived > received + 1_000_000 })
            let good = try RawPeer(connectingTo: endpoint)
            try good.shakeHands(as: "SUB")
            let punctuality = try Punctuality()
            defer { punctuality.stop() }
            let rounds = Punctuality.isOptimized ? 50 : 3
            for _ in 0..<rounds {
                try punctuality.check("PONG") {
                    good.send(Wire.ping(context: [2]))
                    let answer = try good.receiveFrame()
                    #expect(answer.body == [4] + Array("PONG".utf8) + [2])
                }
            }
            for number in 0..<rounds {
                try punctuality.check("subscription and message", limit: .milliseconds(50)) {
                    good.send(Wire.subscribe(Array("good \(number)".utf8)))
                    try publisher.waitForSubscribers(
                        atLeast: 1,
                        to: "good \(number)",
                        timeout: enough
                    )
                    try publisher.put(Message("good \(number)"))
                    let message = try good.receiveFrame()
                    #expect(message.text == "good \(number)")
                }
            }
            for _ in 0..<rounds {
                // Several turns: greeting, READY.
                try punctuality.check("handshake", limit: .milliseconds(100)) {
                    let peer = try RawPeer(connectingTo: endpoint)
                    try peer.shakeHands(as: "SUB")
                }
            }
            let limit = Duration.milliseconds(100)
            punctuality.check("waitForSubscribers", limit: limit) {
                try? publisher.waitForSubscribers(atLeast: 900, timeout: limit)
            }
            punctuality.check("statistics") { _ = publisher.statistics }
            punctuality.check("close") { _ = publisher.close() }
        }
    }
}
