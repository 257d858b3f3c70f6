import Testing
import ZeroMQ

@Suite("Waiting for peers, subscribers and empty queues", .serialized)
struct WaitingTests {
    @Test("a publisher waits for its subscribers and loses no first message", arguments: transports)
    func subscribers(endpoint: String) async throws {
        try await inContext { context in
            let publisher = PublisherSocket(context: context)
            let subscribers = (0..<3).map { _ in SubscriberSocket(context: context) }
            let bound = try publisher.bind(endpoint)
            let brief = Duration.milliseconds(10)
            #expect(
                await code {
                    try await publisher.waitForSubscribers(atLeast: 1, to: "news", timeout: brief)
                } == .timedOut
            )
            let waiting = Task {
                try await publisher.waitForSubscribers(
                    atLeast: 3,
                    to: "news.today",
                    timeout: enough
                )
                try await publisher.send("news.today")
            }
            for subscriber in subscribers {
                try subscriber.subscribe("news")
                try subscriber.connect(bound)
                try await subscriber.waitForPeers(timeout: enough)
            }
            try await waiting.value
            for subscriber in subscribers {
                #expect(try await subscriber.receive(timeout: enough) == "news.today")
            }
        }
    }

    @Test("without a topic whoever has subscribed to anything counts", arguments: transports)
    func anyTopic(endpoint: String) async throws {
        try await inContext { context in
            let publisher = PublisherSocket(context: context)
            let subscriber = SubscriberSocket(context: context)
            try subscriber.connect(publisher.bind(endpoint))
            try await subscriber.waitForPeers(timeout: enough)
            #expect(
                await code { try await publisher.waitForSubscribers(timeout: .zero) } == .timedOut
            )
            try subscriber.subscribe("weather.")
            try await publisher.waitForSubscribers(timeout: enough)
            #expect(
                await code {
                    try await publisher.waitForSubscribers(to: "", timeout: .zero)
                } == .timedOut
            )
        }
    }

    @Test("flush returns when everything has been taken, and not before")
    func flushing() async throws {
        try await inContext { context in
            let line = try Pipeline(context)
            try await line.push.flush(timeout: .zero)
            for _ in 0..<10 { try await line.push.send("message") }
            #expect(await code { try await line.push.flush(timeout: .zero) } == .timedOut)
            let brief = Duration.milliseconds(10)
            #expect(await code { try await line.push.flush(timeout: brief) } == .timedOut)
            let flushed = Task { try await line.push.flush(timeout: enough) }
            for _ in 0..<10 { _ = try await line.pull.receive(timeout: enough) }
            // The receiver says that it has taken everything when it looks for more.
            #expect(try line.pull.tryReceive() == nil)
            try await flushed.value
        }
    }

    @Test("flush returns once the system has everything", arguments: wires)
    func flushingWires(endpoint: String) async throws {
        try await inContext { context in
            let push = PushSocket(context: context)
            let pull = PullSocket(context: context)
            try push.connect(pull.bind(endpoint))
            for number in 0..<500 { try await push.send(Message("\(number)")) }
            try await push.flush(timeout: enough)
            // Nothing lingers, and yet everything arrives.
            #expect(await push.close(linger: .discard) == 0)
            for number in 0..<500 {
                #expect(try await pull.receive(timeout: enough) == Message("\(number)"))
            }
        }
    }

    @Test("close says how many messages were not sent")
    func unsent() async throws {
        try await inContext { context in
            let push = PushSocket(context: context)
            // Nobody is there: the port belongs to a socket that has been closed.
            let pull = PullSocket(context: context)
            let nowhere = try pull.bind("tcp://127.0.0.1:*")
            await pull.close()
            try push.connect(nowhere)
            for _ in 0..<7 { try await push.send("message") }
            #expect(await push.close(linger: .wait(upTo: .milliseconds(20))) == 7)
            #expect(await push.close() == 7)
        }
    }
}
