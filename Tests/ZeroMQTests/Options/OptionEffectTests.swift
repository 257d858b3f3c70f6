import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("What options do to connections and their messages", .serialized)
struct OptionEffectTests {
    @Test("an attempt to connect that takes too long is given up")
    func connectTimeout() throws {
        try inContext { context in
            // Nobody accepts there, so once the backlog is full nobody answers.
            let server = try RawServer(backlog: 0)
            let push = PushSocket(context: context)
            push.options.connectTimeout = .milliseconds(60)
            push.options.queuesOnlyToConnectedPeers = true
            let filling = ContinuousClock.now
            var failure: SocketEvent?
            while failure == nil, ContinuousClock.now - filling < enough {
                try push.connect(server.endpoint)
                failure = push.events.first { event in
                    switch event {
                    case .connected, .connectFailed: true
                    default: false
                    }
                }
                if case .connected = failure { failure = nil }
            }
            guard case .connectFailed(_, .systemError(_, let name)) = failure else {
                Issue.record("\(failure.map { "\($0)" } ?? "no failure")")
                return
            }
            #expect(name == "ETIMEDOUT")
        }
    }

    @Test("who does not complete a handshake in time is cut off", arguments: [true, false])
    func handshakeTimeout(isLimited: Bool) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            pull.options.handshakeTimeout = isLimited ? .milliseconds(50) : nil
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            let peer = try RawPeer(connectingTo: endpoint.description)
            if isLimited {
                let failure = pull.events.first {
                    if case .handshakeFailed = $0 { true } else { false }
                }
                #expect(failure?.endpoint == endpoint && failure?.reason == .handshakeTimeout)
                #expect(peer.waitForClose())
            } else {
                letPass(.milliseconds(100))
                try peer.shakeHands(as: "PUSH")
                peer.send(Wire.text("late"))
                #expect(try pull.next() == "late")
            }
        }
    }

    @Test("of many in their handshake the oldest has to go")
    func unfinishedHandshakes() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            pull.options.maximumUnfinishedHandshakes = 2
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            let peers = try (0..<3).map { _ in try RawPeer(connectingTo: "\(endpoint)") }
            let end = pull.events.first { if case .handshakeFailed = $0 { true } else { false } }
            #expect(end?.endpoint == endpoint && end?.reason == .tooManyHandshakes)
            try peers[2].shakeHands(as: "PUSH")
            peers[2].send(Wire.text("the youngest"))
            #expect(try pull.next() == "the youngest")
        }
    }

    @Test("a frame, or a message, that is too long ends the connection", arguments: [true, false])
    func sizes(ofFrames: Bool) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            if ofFrames {
                pull.options.maximumFrameSize = 100
            } else {
                pull.options.maximumMessageSize = 100
            }
            let endpoint = try pull.bind("tcp://127.0.0.1:*")
            let push = PushSocket(context: context)
            push.options.reconnect = .never
            try push.connect(endpoint)
            let half = Frame([UInt8](repeating: 1, count: 50))
            let rest = Frame([UInt8](repeating: 1, count: ofFrames ? 101 : 51))
            try push.put([half, half])
            #expect(try pull.next().byteCount == 100)
            try push.put([half, rest])
            let end = pull.events.first { if case .disconnected = $0 { true } else { false } }
            guard case .disconnected(_, _, .limitExceeded) = end else {
                Issue.record("\(end.map { "\($0)" } ?? "no end")")
                return
            }
            #expect(try pull.tryReceive() == nil)
        }
    }

    @Test("a STREAM tells of comings and goings, unless it shall not", arguments: [true, false])
    func streamNotices(notifies: Bool) throws {
        try inContext { context in
            let stream = StreamSocket(context: context)
            stream.options.notifiesStream = notifies
            let peer = try RawPeer(connectingTo: "\(stream.bind("tcp://127.0.0.1:*"))")
            peer.send(Array("bytes".utf8))
            peer.close()
            let bodies: [Message] = notifies ? ["", "bytes", ""] : ["bytes"]
            for body in bodies { #expect(try stream.next()[1] == body[0]) }
            _ = stream.events.first { if case .disconnected = $0 { true } else { false } }
            #expect(try stream.tryReceive() == nil)
        }
    }

    @Test("an endpoint that shall not be tried again is given up")
    func never() throws {
        try inContext { context in
            let server = try RawServer()
            let push = PushSocket(context: context)
            push.options.reconnect = .never
            try push.connect(server.endpoint)
            try server.accept().close()
            let end = push.events.first { if case .closed = $0 { true } else { false } }
            #expect(end != nil)
        }
    }

    @Test("pauses between attempts begin and end as they were asked to")
    func pauses() throws {
        try inContext { context in
            let listener = PullSocket(context: context)
            let endpoint = try listener.bind("tcp://127.0.0.1:*")
            listener.close()
            let push = PushSocket(context: context)
            push.options.reconnect = .backoff(from: .milliseconds(2), upTo: .milliseconds(8))
            try push.connect(endpoint)
            for longest in [2, 4, 8, 8, 8] {
                let event = push.events.first { if case .retrying = $0 { true } else { false } }
                guard case .retrying(_, let pause) = event else { return #expect(Bool(false)) }
                #expect(pause > .zero && pause <= .milliseconds(longest))
            }
        }
    }

    @Test("a high-water mark that cannot be is refused by bind and connect")
    func negativeMarks() throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            push.sendHighWaterMark = .count(-1)
            pull.receiveHighWaterMark = .count(-1)
            for endpoint in ["tcp://127.0.0.1:1", "inproc://marks"] {
                #expect(code { try push.connect(endpoint) } == .invalidOption)
            }
            for endpoint in transports {
                #expect(code { try pull.bind(endpoint) } == .invalidOption)
            }
        }
    }
}
