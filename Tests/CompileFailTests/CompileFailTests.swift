import Testing

/// A program that must not compile, what the compiler says, and its correct twin.
struct Mistake: CustomTestStringConvertible, Sendable {
    let name: String
    let wrong: String
    let diagnostic: String
    let right: String

    var testDescription: String { name }

    /// A call on a socket that lacks it, and the same call on one that has it.
    static func member(_ member: String, call: String, on wrong: String, insteadOf right: String)
        -> Mistake
    {
        Mistake(
            name: "\(wrong).\(member)",
            wrong: "func use(_ socket: \(wrong)) throws { \(call) }",
            diagnostic: "value of type '\(wrong)' has no member '\(member)'",
            right: "func use(_ socket: \(right)) throws { \(call) }"
        )
    }

    /// A blocking call from asynchronous code, and from code that may block.
    static func blocking(_ name: String, call: String, on socket: String) -> Mistake {
        Mistake(
            name: "\(socket).\(name) in asynchronous code",
            wrong: "func use(_ socket: \(socket)) async throws { \(call) }",
            diagnostic: "'\(name)' is unavailable from asynchronous contexts",
            right: "func use(_ socket: \(socket)) throws { \(call) }"
        )
    }

    static let all: [Mistake] = [
        .member("send", call: "try socket.send(\"x\")", on: "PullSocket", insteadOf: "PushSocket"),
        .member(
            "send",
            call: "try socket.send(\"x\")",
            on: "SubscriberSocket",
            insteadOf: "XSubscriberSocket"
        ),
        .member(
            "trySend",
            call: "_ = try socket.trySend(\"x\")",
            on: "PullSocket",
            insteadOf: "PairSocket"
        ),
        .member(
            "receive",
            call: "_ = try socket.receive()",
            on: "PushSocket",
            insteadOf: "PullSocket"
        ),
        .member(
            "receive",
            call: "_ = try socket.receive()",
            on: "PublisherSocket",
            insteadOf: "XPublisherSocket"
        ),
        .member(
            "tryReceive",
            call: "_ = try socket.tryReceive()",
            on: "PublisherSocket",
            insteadOf: "SubscriberSocket"
        ),
        .member(
            "sendHighWaterMark",
            call: "socket.sendHighWaterMark = 1",
            on: "PullSocket",
            insteadOf: "PushSocket"
        ),
        .member(
            "receiveHighWaterMark",
            call: "socket.receiveHighWaterMark = 1",
            on: "PushSocket",
            insteadOf: "PullSocket"
        ),
        .member(
            "isMandatory",
            call: "socket.isMandatory = true",
            on: "DealerSocket",
            insteadOf: "RouterSocket"
        ),
        .member(
            "allowsHandover",
            call: "socket.allowsHandover = true",
            on: "ReplySocket",
            insteadOf: "RouterSocket"
        ),
        .member(
            "isRelaxed",
            call: "socket.isRelaxed = true",
            on: "ReplySocket",
            insteadOf: "RequestSocket"
        ),
        .member(
            "subscribe",
            call: "try socket.subscribe(\"x\")",
            on: "PullSocket",
            insteadOf: "SubscriberSocket"
        ),
        .member(
            "isLossless",
            call: "socket.isLossless = true",
            on: "PushSocket",
            insteadOf: "PublisherSocket"
        ),
        Mistake(
            name: "waiting at the top level of a program with 'await'",
            wrong: "let socket = PushSocket()\ntry await socket.waitForPeers()",
            diagnostic: "Use 'await', within an async function.",
            right: "func wait() async throws { try await PushSocket().waitForPeers() }"
        ),
        Mistake(
            name: "a message is no string",
            wrong: "func use(_ text: String) -> Message { text }",
            diagnostic: "cannot convert return expression of type 'String'",
            right: "func use(_ text: String) -> Message { Message(text) }"
        ),
    ]
}

@Suite("Wrong programs do not compile", .serialized)
struct CompileFailTests {
    @Test("the compiler refuses the mistake and accepts its correct twin", arguments: Mistake.all)
    func mistake(mistake: Mistake) throws {
        let objection = try Compiler.diagnostics(for: mistake.wrong)
        #expect(objection.contains(mistake.diagnostic), "the compiler said: \(objection)")
        #expect(objection.contains("error:"))
        let approval = try Compiler.diagnostics(for: mistake.right)
        #expect(approval.isEmpty, "the compiler said: \(approval)")
    }

    @Test(
        "a blocking call in asynchronous code is refused",
        arguments: [
            "func use(_ socket: PullSocket) async throws { _ = try socket.receive() }",
            "func use(_ socket: PushSocket) async throws { try socket.send(\"x\") }",
            "func use(_ pull: PullSocket) async throws { _ = try pull.receive(timeout: .zero) }",
            "func use(_ socket: PullSocket) async throws { socket.close() }",
            "func use(_ socket: RequestSocket) async throws { _ = try socket.request(\"x\") }",
            "func use(_ socket: PushSocket) async throws { try socket.flush() }",
            "func use(_ proxy: Proxy) async throws { try proxy.run() }",
            "func use(_ poller: Poller) async throws { try poller.run() }",
            "func use(_ context: Context) async { context.shutDown() }",
        ]
    )
    func blocking(source: String) throws {
        // The sentence depends on whether there is an asynchronous verb of the same name.
        let objection = try Compiler.diagnostics(for: source)
        let isAboutWaiting =
            objection.contains("asynchronous contexts") || objection.contains("'await'")
        #expect(objection.contains("error:") && isAboutWaiting, "the compiler said: \(objection)")
    }
}
