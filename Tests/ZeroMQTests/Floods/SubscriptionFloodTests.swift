import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// Subscriptions that come faster than the sending side takes them up stay with their peer.
@Suite("Subscriptions that nobody has taken up", .serialized, .tags(.threads))
struct SubscriptionFloodTests {
    /// Peers that are connected, and have not subscribed to anything yet.
    private func subscribers(_ count: Int, of publisher: any Socket) throws -> [RawPeer] {
        let endpoint = try publisher.bind("tcp://127.0.0.1:*").description
        let peers = try (0..<count).map { _ in
            let peer = try RawPeer(connectingTo: endpoint)
            try peer.shakeHands(as: "SUB")
            return peer
        }
        try publisher.waitForPeers(atLeast: count, timeout: enough)
        return peers
    }

    private func subscriptions(_ range: Range<Int>, isOld: Bool) -> [UInt8] {
        range.reduce(into: []) { bytes, number in
            let topic = Array("topic \(number)".utf8)
            bytes += isOld ? Wire.frame([1] + topic) : Wire.subscribe(topic)
        }
    }

    @Test("while the gate is taken few are kept, and none is lost", arguments: [true, false])
    func bounded(isOld: Bool) throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let peers = try subscribers(2, of: publisher)
            let count = 20_000
            let core = publisher.handle.core
            core.enterSender()
            let pipes = core.sending.pointee.pipes.pipes
            let bytes = subscriptions(0..<count, isOld: isOld)
            let sender = try Worker { peers[0].send(bytes) }
            #expect(
                eventually { pipes.contains { $0.arrivedChanges?.waiting == ArrivedChanges.most } }
            )
            // The loop goes on with others.
            for _ in 0..<20 {
                peers[1].send(Wire.ping(context: [1]))
                #expect(try peers[1].receiveFrame().body == [4] + Array("PONG".utf8) + [1])
            }
            for pipe in pipes {
                let waiting = pipe.arrivedChanges?.waiting ?? 0
                #expect(waiting == 0 || waiting == ArrivedChanges.most)
            }
            core.leaveSender()
            #expect(try sender.value())
            #expect(eventually { publisher.topicCount == count })
            try publisher.waitForSubscribers(
                atLeast: 1,
                to: "topic \(count - 1)",
                timeout: enough
            )
        }
    }

    @Test("while the application is inside, few notices are under way to it, and none is lost")
    func notices() throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            let peer = try subscribers(1, of: publisher)[0]
            let count = 20_000
            let core = publisher.handle.core
            core.enterReceiver()
            let bytes = subscriptions(0..<count, isOld: false)
            let sender = try Worker { peer.send(bytes) }
            #expect(eventually { publisher.topicCount > 0 })
            let pipe = try #require(core.sending.pointee.pipes.pipes.first)
            #expect(eventually { pipe.arrivedChanges?.waiting == ArrivedChanges.most })
            for _ in 0..<100 {
                #expect(pipe.arrivedChanges?.noticeCount ?? 0 <= ArrivedChanges.most)
                _ = publisher.topicCount
            }
            core.leaveReceiver()
            for number in 0..<count {
                let notice = try publisher.next()
                #expect(notice == Message("\u{1}topic \(number)"))
            }
            #expect(try sender.value())
        }
    }

    @Test("a few long topics are as many as wait")
    func longTopics() throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let peer = try subscribers(1, of: publisher)[0]
            let core = publisher.handle.core
            core.enterSender()
            let pipe = try #require(core.sending.pointee.pipes.pipes.first)
            let topic = [UInt8](repeating: 65, count: 60_000)
            let bytes = (0..<40).flatMap { Wire.subscribe(topic + [UInt8($0)]) }
            let sender = try Worker { peer.send(bytes) }
            #expect(eventually { pipe.arrivedChanges?.waiting == 1 })
            letPass(.milliseconds(100))
            #expect(pipe.arrivedChanges?.waiting == 1)
            core.leaveSender()
            #expect(try sender.value())
            #expect(eventually { publisher.topicCount == 40 })
        }
    }

    @Test("what waited when the peer went is told, and taken back")
    func departure() throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            let peer = try subscribers(1, of: publisher)[0]
            let core = publisher.handle.core
            core.enterSender()
            peer.send(subscriptions(0..<100, isOld: false))
            peer.close()
            core.leaveSender()
            let notices = try publisher.next(200).map { $0[0].first }
            #expect(notices == Array(repeating: 1, count: 100) + Array(repeating: 0, count: 100))
            #expect(publisher.topicCount == 0)
        }
    }

    @Test("a peer that is not read for this reason is not taken for dead")
    func timeToLive() throws {
        try inContext { context in
            let publisher = XPublisherSocket(context: context)
            let peer = try subscribers(1, of: publisher)[0]
            let core = publisher.handle.core
            core.enterSender()
            peer.send(Wire.ping(timeToLive: 1) + subscriptions(0..<100, isOld: false))
            #expect(try peer.receiveFrame().isCommand)
            // Its time to live passes several times.
            #expect(peer.isSilent(milliseconds: 500))
            core.leaveSender()
            for notice in try publisher.next(100) { #expect(notice[0].first == 1) }
        }
    }

    @Test("a peer with very many topics goes without holding up anybody", arguments: [0, 1, 2])
    func manyTopics(kind: Int) throws {
        try inContext { context in
            let publisher: any PublishingSocket
            if kind == 0 {
                publisher = PublisherSocket(context: context)
            } else {
                let socket = XPublisherSocket(context: context)
                if kind == 2 { socket.notices = .everything }
                publisher = socket
            }
            let peers = try subscribers(2, of: publisher)
            let count = Punctuality.isOptimized ? 900_000 : 30_000
            let bytes = subscriptions(0..<count, isOld: true)
            let punctuality = try Punctuality()
            defer { punctuality.stop() }
            func call() throws {
                punctuality.check("trySend") { _ = try? publisher.trySend("message") }
                punctuality.check("topicCount") { _ = publisher.topicCount }
                if let receiving = publisher as? any ReceivingSocket {
                    punctuality.check("tryReceive") { _ = try? receiving.tryReceive() }
                }
                try punctuality.check("PONG") {
                    peers[1].send(Wire.ping(context: [2]))
                    _ = try peers[1].receiveFrame()
                }
            }
            let sender = try Worker { peers[0].send(bytes, milliseconds: 60_000) }
            let end = SystemClock().now + .seconds(60)
            while publisher.topicCount < count, SystemClock().now < end { try call() }
            #expect(publisher.topicCount == count)
            #expect(try sender.value())
            peers[0].close()
            while publisher.topicCount > 0, SystemClock().now < end { try call() }
            #expect(publisher.topicCount == 0)
        }
    }
}
