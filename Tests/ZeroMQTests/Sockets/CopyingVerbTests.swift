import Testing
import ZeroMQ

@Suite("Sending from a buffer and receiving into a message", .tags(.threads))
struct CopyingVerbTests {
    /// Around every size at which bytes are copied or kept in another way.
    static let sizes = [
        Array(0...70), [127, 128, 254, 255, 256, 257], Array(4090...4100), [32_767, 32_768],
        [65_535, 65_536, 300_000],
    ].flatMap { $0 }

    /// Bytes that tell their message and their place.
    static func bytes(_ count: Int, _ salt: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ salt) }
    }

    @Test("every size arrives as it was sent", arguments: transports)
    func everySize(endpoint: String) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind(endpoint))
            let sender = try Worker {
                for size in Self.sizes + Self.sizes.reversed() {
                    try Self.bytes(size, size).withUnsafeBytes { try push.send(copying: $0) }
                    try push.send(copying: Self.bytes(size, 1).span.bytes)
                }
            }
            var message = Message()
            for size in Self.sizes + Self.sizes.reversed() {
                try pull.receive(into: &message, timeout: enough)
                #expect(message == Message(Self.bytes(size, size)))
                try pull.receive(into: &message, timeout: enough)
                #expect(message == Message(Self.bytes(size, 1)))
            }
            try sender.value()
        }
    }

    @Test("a message that somebody has kept is not written over", arguments: transports)
    func keptMessages(endpoint: String) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind(endpoint))
            var generator = SeededGenerator(seed: 11)
            let sizes = (0..<600).map { _ in Int.random(in: 0...600, using: &generator) }
            let keeps = (0..<600).map { _ in Bool.random(using: &generator) }
            var message = Message()
            var kept: [(index: Int, frame: Frame)] = []
            for (index, size) in sizes.enumerated() {
                try push.send(copying: Self.bytes(size, index).span.bytes)
                try pull.receive(into: &message, timeout: enough)
                if keeps[index] { kept.append((index, message[0])) }
            }
            for (index, frame) in kept {
                #expect(frame == Frame(Self.bytes(sizes[index], index)))
            }
        }
    }

    @Test("frames that somebody has kept are not written over")
    func keptFrames() throws {
        try inContext { context in
            let (dealer, router) = (DealerSocket(context: context), RouterSocket(context: context))
            try dealer.connect(router.bind("inproc://desk"))
            var generator = SeededGenerator(seed: 12)
            var (message, kept) = (Message(), [(message: Message, frame: Frame, salt: Int)]())
            func expected(_ salt: Int) -> [Frame] {
                (0...salt % 4).map { Frame(Self.bytes(salt * 7 % 200 + $0, salt)) }
            }
            for salt in 0..<400 {
                try dealer.put(Message(frames: expected(salt)))
                try router.receive(into: &message, timeout: enough)
                #expect(Array(message.dropFirst()) == expected(salt))
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: kept.append((message, message[1], salt))
                case 1: kept.append(([], message[1], salt))
                default: break
                }
            }
            for (message, frame, salt) in kept {
                #expect(frame == expected(salt)[0])
                if !message.isEmpty { #expect(Array(message.dropFirst()) == expected(salt)) }
            }
        }
    }

    @Test("a router sends to a peer by name", arguments: transports)
    func addressing(endpoint: String) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            router.isMandatory = true
            let dealers = ["one", "two"].map { name in
                let dealer = DealerSocket(context: context)
                dealer.options.routingID = Frame(name)
                return dealer
            }
            let bound = try router.bind(endpoint)
            for dealer in dealers { try dealer.connect(bound) }
            try router.waitForPeers(atLeast: 2, timeout: enough)
            for size in [0, 1, 100, 40_000] {
                try router.send(copying: Self.bytes(size, 1).span.bytes, to: "one")
                try router.send(["a", Frame(Self.bytes(size, 2))], to: "two")
                #expect(try dealers[0].next() == Message(Self.bytes(size, 1)))
                #expect(try dealers[1].next() == ["a", Frame(Self.bytes(size, 2))])
            }
            let nobody = Self.bytes(9, 9)
            #expect(
                code { try router.send(copying: nobody.span.bytes, to: "three") }
                    == .hostUnreachable
            )
        }
    }

    @Test("messages of one frame and of several take turns", arguments: transports)
    func severalFrames(endpoint: String) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind(endpoint))
            let messages = (0..<300).map { number in
                Message(frames: (0...number % 3).map { Frame(Self.bytes(number * $0, number)) })
            }
            for message in messages { try push.put(message) }
            var message = Message()
            for expected in messages {
                try pull.receive(into: &message, timeout: enough)
                #expect(message == expected)
            }
        }
    }

    @Test("what a subscriber no longer asks for is passed over")
    func filtering() throws {
        try inContext { context in
            let publisher = PublisherSocket(context: context)
            let subscriber = SubscriberSocket(context: context)
            try subscriber.subscribe("a")
            try subscriber.subscribe("b")
            try subscriber.connect(publisher.bind("inproc://topics"))
            try publisher.waitForSubscribers(atLeast: 1, to: "b", timeout: enough)
            for topic in ["a1", "b1", "a2"] {
                try publisher.send(copying: topic.utf8Span.span.bytes)
            }
            try subscriber.unsubscribe("a")
            var message = Message()
            try subscriber.receive(into: &message, timeout: enough)
            #expect(message == "b1")
            #expect(try !subscriber.tryReceive(into: &message))
        }
    }

    @Test("patterns with more to a message than its frames do the same")
    func otherPatterns() throws {
        try inContext { context in
            let request = RequestSocket(context: context)
            let router = RouterSocket(context: context)
            try request.connect(router.bind("inproc://desk"))
            var message = Message()
            try request.send(copying: Self.bytes(100, 1).span.bytes)
            try router.receive(into: &message, timeout: enough)
            #expect(message.count == 3)
            try router.put(message.dropLast() + [Frame(Self.bytes(200, 2))])
            try request.receive(into: &message, timeout: enough)
            #expect(message == Message(Self.bytes(200, 2)))
            #expect(code { try request.receive(into: &message) } == .invalidState)
        }
    }

    @Test("without room or a message nothing happens, in the time allowed")
    func nothingToDo() throws {
        try inContext { context in
            let line = try Pipeline(context, mark: 1)
            let (push, pull) = (line.push, line.pull)
            push.sendTimeout = .milliseconds(1)
            var message: Message = "as it was"
            #expect(try !pull.tryReceive(into: &message))
            #expect(code { try pull.receive(into: &message, timeout: .zero) } == .timedOut)
            let bytes = Self.bytes(50, 5)
            #expect(try push.trySend(copying: bytes.span.bytes))
            #expect(try bytes.withUnsafeBytes { try push.trySend(copying: $0) })
            #expect(try !push.trySend(copying: bytes.span.bytes))
            #expect(code { try push.send(copying: bytes.span.bytes) } == .timedOut)
            for _ in 0..<2 {
                #expect(try pull.tryReceive(into: &message))
                #expect(message == Message(bytes))
            }
            push.close()
            #expect(code { try push.send(copying: bytes.span.bytes) } == .socketClosed)
            pull.close()
            #expect(code { try pull.receive(into: &message) } == .socketClosed)
        }
    }

    @Test("a sender and a receiver that wait for each other all the time lose nothing")
    func oneSlot() throws {
        try inContext { context in
            let line = try Pipeline(context, mark: 1)
            let sender = try Worker {
                for number in 0..<5000 {
                    try line.push.send(copying: Self.bytes(number % 100, number).span.bytes)
                }
            }
            var message = Message()
            for number in 0..<5000 {
                try line.pull.receive(into: &message, timeout: enough)
                #expect(message == Message(Self.bytes(number % 100, number)))
            }
            try sender.value()
        }
    }
}
