import LibZMQ
import Synchronization
import Testing
import ZeroMQ

/// With libzmq's publishers nothing is missed either.
///
/// libzmq's I/O thread answers a PING before it has passed on the subscriptions that it read with
/// it. The socket looks for what was passed on at its calls, but not more often than about every
/// millisecond.
@Suite("A subscriber that is ready, with libzmq", .serialized)
struct SubscribedInteropTests {
    @Test(
        "a libzmq PUB that publishes then for the first time reaches it",
        arguments: ["tcp", "ipc"]
    )
    func first(transport: String) throws {
        var missed: [Int] = []
        for run in 0..<250 {
            try withBothLibraries { both in
                let publisher = try both.socket(.publisher)
                let endpoint = try publisher.bind(
                    transport == "tcp" ? "tcp://127.0.0.1:*" : "ipc:///tmp/zeromq-subscribed-\(run)"
                )
                let subscriber = SubscriberSocket(context: both.context)
                try subscriber.subscribe("a")
                try subscriber.connect(endpoint)
                try subscriber.subscribed(timeout: .seconds(30))
                try publisher.send("a1")
                try publisher.send("a2")
                if try subscriber.receive(within: .seconds(1)) != "a1" { missed.append(run) }
            }
        }
        #expect(missed == [])
    }

    @Test("a libzmq PUB that sends all the time reaches it", arguments: ["tcp", "ipc"])
    func busy(transport: String) throws {
        try withBothLibraries { both in
            let place =
                transport == "tcp" ? "tcp://127.0.0.1:*" : "ipc:///tmp/zeromq-subscribed-busy"
            let publisher = try both.socket(.publisher)
            let endpoint = try publisher.bind(place)
            let call = Call()
            let context = both.context
            Task {
                for run in 1...500 {
                    let subscriber = SubscriberSocket(context: context)
                    try subscriber.subscribe("a")
                    try subscriber.connect(endpoint)
                    try await subscriber.subscribed(timeout: .seconds(30))
                    call.wanted.store(run, ordering: .releasing)
                    let message = try await subscriber.receive(within: .milliseconds(500))
                    if message == Message("a\(run)") {
                        call.received.wrappingAdd(1, ordering: .relaxed)
                    }
                    await subscriber.close(linger: .discard)
                }
                call.wanted.store(Call.end, ordering: .releasing)
            }
            var sent = 0
            let deadline = ContinuousClock.now + .seconds(60)
            while sent != Call.end, ContinuousClock.now < deadline {
                let next = call.wanted.load(ordering: .acquiring)
                try publisher.send(next == sent ? "other" : "a\(next)")
                sent = next
            }
            #expect(call.received.load(ordering: .relaxed) == 500)
        }
    }

    /// What a subscriber asks of the thread that publishes.
    private final class Call: Sendable {
        static let end = -1
        let wanted = Atomic(0)
        /// How many subscribers received what they had asked for.
        let received = Atomic(0)
    }

    @Test("a libzmq XPUB whose program has read the notice reaches it, in 1,000 of 1,000 runs")
    func noticed() throws {
        try withBothLibraries { both in
            let publisher = try both.socket(.xPublisher)
            try publisher.set(.xPublisherIsVerboser, 1)
            let endpoint = try publisher.bind("tcp://127.0.0.1:*")
            for run in 0..<1000 {
                let subscriber = SubscriberSocket(context: both.context)
                try subscriber.connect(endpoint)
                try subscriber.subscribe("a")
                try subscriber.subscribed(timeout: .seconds(30))
                // It is there already: nothing else is awaited here.
                #expect(try publisher.next() == ["\u{1}a"])
                try publisher.send("a\(run)")
                #expect(try subscriber.receive(timeout: .seconds(30)) == Message("a\(run)"))
                subscriber.close()
                #expect(try publisher.next() == ["\u{0}a"])
            }
        }
    }

    @Test("libzmq's heartbeats and ours do not mix with the question", arguments: [true, false])
    func heartbeats(areOurs: Bool) throws {
        try withBothLibraries { both in
            let publisher = try both.socket(.publisher)
            let subscriber = SubscriberSocket(context: both.context)
            if areOurs {
                subscriber.options.heartbeat = Heartbeat(
                    interval: .milliseconds(1),
                    timeout: .seconds(30)
                )
            } else {
                try publisher.set(.heartbeatInterval, 1)
                try publisher.set(.heartbeatTimeout, 10_000)
            }
            try subscriber.connect(publisher.bind("tcp://127.0.0.1:*"))
            for number in 0..<300 {
                try subscriber.subscribe(Frame("\(number)."))
                try subscriber.subscribed(timeout: .seconds(30))
            }
            #expect(subscriber.peerCount == 1)
        }
    }

    @Test("our PUB answers libzmq's PINGs as before, and libzmq's SUB is none the wiser")
    func theirSubscriber() throws {
        try withBothLibraries { both in
            let publisher = PublisherSocket(context: both.context)
            let subscriber = try both.socket(.subscriber)
            try subscriber.set(.heartbeatInterval, 1)
            try subscriber.set(.heartbeatTimeout, 10_000)
            for number in 0..<1000 { try subscriber.set(.subscribe, "\(number).") }
            try subscriber.connect("\(publisher.bind("tcp://127.0.0.1:*"))")
            try publisher.waitForSubscribers(to: "999.", timeout: .seconds(30))
            try publisher.send("999.x", timeout: .seconds(30))
            #expect(try subscriber.next() == ["999.x"])
        }
    }
}
