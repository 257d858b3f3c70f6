import Testing
import ZeroMQ

@Suite("Frames are reached, and envelopes taken off, whatever a peer has sent")
struct MessageEnvelopeTests {
    @Test("a frame that is not there is nil")
    func positions() {
        let message: Message = ["a", "b"]
        #expect(message.frame(at: 1) == "b")
        #expect([-1, 2, .max, .min].map { message.frame(at: $0) } == [nil, nil, nil, nil])
        #expect(Message("one").frame(at: 0) == "one")
        #expect(Message("one").frame(at: 1) == nil)
        #expect(Message().frame(at: 0) == nil)
    }

    @Test("frames are taken off the front until there is none")
    func popping() {
        var message: Message = ["a", "b"]
        #expect(message.popFirst() == "a")
        #expect(message == ["b"])
        #expect(message.popFirst() == "b")
        #expect(message.popFirst() == nil)
    }

    @Test("the envelope ends at the first empty frame")
    func envelope() throws {
        let request: Message = ["hop", "client", "", "body", "", "more"]
        let (route, body) = try #require(request.splitEnvelope())
        #expect(route == ["hop", "client"])
        #expect(body == ["body", "", "more"])
        #expect((["a", "b"] as Message).splitEnvelope() == nil)
        #expect(Message().splitEnvelope() == nil)
        let bare = try #require((["", "x"] as Message).splitEnvelope())
        #expect(bare.route.isEmpty && bare.body == ["x"])
    }

    @Test("a ROUTER answers REQ and DEALER without looking at their frames")
    func replies() async throws {
        try await inContext { context in
            let router = RouterSocket(context: context)
            let endpoint = try router.bind("inproc://replies")
            let (request, dealer) = (
                RequestSocket(context: context), DealerSocket(context: context)
            )
            try request.connect(endpoint)
            try dealer.connect(endpoint)
            try await request.send("q1")
            try await router.reply(to: router.receive(), with: ["a1", "b"])
            #expect(try await request.receive() == ["a1", "b"])
            try await dealer.send("q2")
            try await router.reply(to: router.receive(), with: "a2")
            #expect(try await dealer.receive() == "a2")
            let refusal = await code { try await router.reply(to: Message(), with: "x") }
            #expect(refusal == .invalidMessage)
        }
    }

    @Test("a slice of a message is sent as a message")
    func slices() async throws {
        try await inContext { context in
            let line = try Pipeline(context)
            let message: Message = ["a", "b", "c"]
            try await line.push.send(message[1...])
            #expect(try await line.pull.receive() == ["b", "c"])
        }
    }
}

@Suite("Messages as bytes for files")
struct MessageEncodingTests {
    static let samples: [Message] = [
        "", "x", ["a", ""], ["", ""], ["route", "", "body"],
        [Frame([UInt8](repeating: 7, count: 255)), Frame([UInt8](repeating: 8, count: 256))],
        Message([UInt8](repeating: 9, count: 70_000)),
    ]

    @Test("every message comes back", arguments: samples)
    func roundTrip(message: Message) throws {
        #expect(try Message(encoded: message.encoded) == message)
    }

    @Test("the bytes are those of the wire")
    func form() {
        #expect((["a", "bc"] as Message).encoded == [1, 1, 0x61, 0, 2, 0x62, 0x63])
        let long = Message([UInt8](repeating: 1, count: 256)).encoded
        #expect(Array(long.prefix(9)) == [2, 0, 0, 0, 0, 0, 0, 1, 0])
        #expect(Message().encoded == [0, 0])
    }

    @Test("a file of messages is read one by one, and what is torn is waited for")
    func stream() throws {
        let bytes = Self.samples.flatMap(\.encoded)
        var rest = bytes[...]
        for sample in Self.samples { #expect(try Message.next(in: &rest) == sample) }
        #expect(rest.isEmpty)
        #expect(try Message.next(in: &rest) == nil)
        let three = (["route", "", "body"] as Message).encoded
        for length in 0..<three.count {
            var torn = three[..<length]
            #expect(try Message.next(in: &torn) == nil)
            #expect(torn.count == length)
        }
    }

    @Test(
        "bytes that are no message are refused",
        arguments: [
            [4], [0xff, 0], [2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ] as [[UInt8]]
    )
    func refused(bytes: [UInt8]) async {
        var rest = bytes[...]
        #expect(throws: ZeroMQError.self) { _ = try Message.next(in: &rest) }
        #expect(throws: ZeroMQError.self) { _ = try Message(encoded: bytes) }
    }

    @Test("a message with something after it is not one message")
    func surplus() {
        let bytes = Message("x").encoded + [0]
        #expect(throws: ZeroMQError.self) { _ = try Message(encoded: bytes) }
    }
}
