import LibZMQ
import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Options about connections, with libzmq at the other end", .serialized)
struct OptionInteropTests {
    static let enough = Duration.seconds(10)

    @Test("libzmq sees the routing id, the probe, the hello and the metadata that were set")
    func introductions() throws {
        try withBothLibraries { both in
            let router = try both.socket(.router)
            let dealer = DealerSocket(context: both.context)
            dealer.options.routingID = "me"
            dealer.options.probesRouter = true
            dealer.options.helloMessage = ["hello"]
            dealer.options.applicationMetadata = ["X-Who": "somebody"]
            try dealer.connect(router.bind("tcp://127.0.0.1:*"))
            #expect(try router.next() == ["me", ""])
            try router.set(.receiveTimeout, 10_000)
            let frame = try LibZMQ.MessageBuffer(router.library)
            try router.receive(into: frame)
            #expect(frame.property("X-Who") == "somebody")
            try router.receive(into: frame)
            #expect(Array(frame.bytes) == Array("hello".utf8))
            #expect(frame.property("Identity") == "me")
        }
    }

    @Test("a libzmq that comes and goes is told of, and so is one that was connected to")
    func comingsAndGoings() throws {
        try withBothLibraries { both in
            let router = RouterSocket(context: both.context)
            router.options.routerNotices = [.connected, .disconnected]
            router.options.disconnectMessage = "gone"
            let endpoint = "\(try router.bind("tcp://127.0.0.1:*"))"
            let dealer = try both.socket(.dealer)
            try dealer.set(.routingID, "them")
            try dealer.connect(endpoint)
            #expect(try router.nextTexts() == ["them", ""])
            both.close(dealer)
            #expect(try router.nextTexts() == ["them", ""])
            #expect(try router.nextTexts() == ["them", "gone"])

            let theirRouter = try both.socket(.router)
            let place = try theirRouter.bind("tcp://127.0.0.1:*")
            let ours = DealerSocket(context: both.context)
            ours.options.hiccupMessage = "hiccup"
            ours.options.reconnectStops = .afterDisconnect
            try ours.connect(place)
            try ours.waitForPeers(atLeast: 1, timeout: Self.enough)
            both.close(theirRouter)
            #expect(try ours.nextTexts() == ["hiccup"])
            let end = ours.events.first { if case .closed = $0 { true } else { false } }
            #expect(end != nil)
        }
    }

    @Test("a ROUTER names, hands over and insists as it was told to")
    func routing() throws {
        try withBothLibraries { both in
            let router = RouterSocket(context: both.context)
            router.isMandatory = true
            router.allowsHandover = true
            let endpoint = "\(try router.bind("tcp://127.0.0.1:*"))"
            let dealers = try (0..<2).map { number in
                let dealer = try both.socket(.dealer)
                try dealer.set(.routingID, "A")
                try dealer.connect(endpoint)
                try dealer.send(texts: "\(number)")
                #expect(try router.nextTexts() == ["A", "\(number)"])
                return dealer
            }
            try router.send(["A", "for the second"])
            #expect(try dealers[1].next() == ["for the second"])
            let refusal = #expect(throws: ZeroMQError.self) { try router.send(["B", "nobody"]) }
            #expect(refusal?.code == .hostUnreachable)

            let bound = try both.socket(.dealer)
            router.options.connectRoutingID = "given"
            try router.connect(bound.bind("tcp://127.0.0.1:*"))
            try router.send(["given", "by name"], timeout: Self.enough)
            #expect(try bound.next() == ["by name"])
            try bound.send(texts: "back")
            #expect(try router.nextTexts() == ["given", "back"])
        }
    }

    @Test("a libzmq that sends too long a frame is disconnected")
    func frameSize() throws {
        try withBothLibraries { both in
            let pull = PullSocket(context: both.context)
            pull.options.maximumFrameSize = 10
            let push = try both.socket(.push)
            try push.connect("\(pull.bind("tcp://127.0.0.1:*"))")
            try push.send(texts: "ten bytes")
            #expect(try pull.nextTexts() == ["ten bytes"])
            try push.send(texts: "eleven bytes")
            let end = pull.events.first { if case .disconnected = $0 { true } else { false } }
            guard case .disconnected(_, _, .limitExceeded) = end else {
                Issue.record("\(end.map { "\($0)" } ?? "no end")")
                return
            }
        }
    }

    @Test("nothing is queued for a libzmq that is not there, if it shall not be")
    func immediate() throws {
        try withBothLibraries { both in
            let pull = try both.socket(.pull)
            let place = try pull.bind("tcp://127.0.0.1:*")
            try pull.unbind(place)
            let push = PushSocket(context: both.context)
            push.options.queuesOnlyToConnectedPeers = true
            push.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(10))
            try push.connect(place)
            #expect(try !push.trySend("nobody is there"))
            // libzmq closes its listener some time after unbind has returned.
            let start = ContinuousClock.now
            while (try? pull.bind(place)) == nil, ContinuousClock.now - start < Self.enough {
                letPass(.milliseconds(1))
            }
            try push.send("somebody is there", timeout: Self.enough)
            #expect(try pull.next() == ["somebody is there"])
        }
    }

    @Test(
        "a mark on our side holds a libzmq back until it is raised, and nothing is lost",
        arguments: [true, false]
    )
    func marks(weReceive: Bool) throws {
        try withBothLibraries { both in
            let body = [UInt8](repeating: 7, count: 1 << 20)
            let (most, more) = (64, 64)
            var count = 0
            if weReceive {
                let (push, pull) = (try both.socket(.push), PullSocket(context: both.context))
                pull.receiveHighWaterMark = 1
                try push.set(.sendHighWaterMark, 1)
                try push.set(.sendTimeout, 200)
                try push.connect("\(pull.bind("tcp://127.0.0.1:*"))")
                while count < most, (try? push.send([body])) != nil { count += 1 }
                pull.receiveHighWaterMark = 1000
                try push.set(.sendTimeout, 10_000)
                for _ in 0..<more { try push.send([body]) }
                for _ in 0..<(count + more) {
                    #expect(try pull.receive(timeout: Self.enough)[0].count > 0)
                }
            } else {
                let (push, pull) = (PushSocket(context: both.context), try both.socket(.pull))
                try pull.set(.receiveHighWaterMark, 1)
                push.sendHighWaterMark = 1
                try push.connect(pull.bind("tcp://127.0.0.1:*"))
                let message = Message(body)
                while count < most, (try? push.send(message, timeout: .milliseconds(200))) != nil {
                    count += 1
                }
                push.sendHighWaterMark = .count(1 + more)
                for _ in 0..<more { #expect(try push.trySend(message)) }
                for _ in 0..<(count + more) {
                    #expect(try pull.receive(timeout: Self.enough) != nil)
                }
            }
            // What fits is in the kernel's buffers, beside one message or two on each side.
            #expect((1..<most).contains(count), "\(count)")
        }
    }

    @Test("close waits until a libzmq has everything")
    func linger() throws {
        try withBothLibraries { both in
            let pull = try both.socket(.pull)
            let push = PushSocket(context: both.context)
            try push.connect(pull.bind("tcp://127.0.0.1:*"))
            for number in 0..<100 { try push.send(Message("\(number)"), timeout: Self.enough) }
            push.linger = .wait(upTo: Self.enough)
            #expect(push.close() == 0)
            for number in 0..<100 { #expect(try pull.next() == ["\(number)"]) }
        }
    }

    @Test("libzmq reaches a descriptor that was taken over, and a wildcard with IPv6")
    func listening() throws {
        try withBothLibraries { both in
            let server = try RawServer()
            let pull = PullSocket(context: both.context)
            pull.options.listeningDescriptor = server.release()
            try pull.bind(server.endpoint)
            pull.options.listeningDescriptor = nil
            pull.options.ipv6 = true
            let port = "\(try pull.bind("tcp://*:*"))".split(separator: ":").last ?? ""
            for place in [server.endpoint, "tcp://127.0.0.1:\(port)", "tcp://[::1]:\(port)"] {
                let push = try both.socket(.push)
                try push.set(.ipv6, 1)
                try push.connect(place)
                try push.send(texts: place)
                #expect(try pull.nextTexts() == [place])
            }
        }
    }

    @Test(
        "a STREAM tells of a libzmq's coming and going, unless it shall not",
        arguments: [true, false]
    )
    func streamNotices(notifies: Bool) throws {
        try withBothLibraries { both in
            let stream = StreamSocket(context: both.context)
            stream.options.notifiesStream = notifies
            let peer = try both.socket(.stream)
            let place = "\(try stream.bind("tcp://127.0.0.1:*"))"
            try peer.connect(place)
            let id = try #require(try peer.receive(timeout: Self.enough))[0]
            try peer.send([id, Array("bytes".utf8)])
            if notifies { #expect(try stream.nextTexts()[1] == "") }
            #expect(try stream.nextTexts()[1] == "bytes")
            both.close(peer)
            if notifies { #expect(try stream.nextTexts()[1] == "") }
            _ = stream.events.first { if case .disconnected = $0 { true } else { false } }
            #expect(try stream.tryReceive() == nil)
        }
    }
}
