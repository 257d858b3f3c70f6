import LibZMQ
import Testing
import ZeroMQ

/// What an XPUB tells its application, with each library at each end: the four agree.
@Suite("Notices of subscriptions, as libzmq gives them", .serialized)
struct SubscriptionInteropTests {
    static let ends = [(true, true), (true, false), (false, true), (false, false)]

    /// An XPUB of ours or theirs that tells everything, or decides about everything.
    private func publisher(
        _ both: Libraries,
        isOurs: Bool,
        isManual: Bool = false
    ) throws -> (endpoint: String, next: () throws -> String) {
        if isOurs {
            let socket = XPublisherSocket(context: both.context)
            socket.notices = .everything
            socket.isManual = isManual
            return ("\(try socket.bind("tcp://127.0.0.1:*"))", { try socket.nextTexts()[0] })
        }
        let socket = try both.socket(.xPublisher)
        try socket.set(.xPublisherIsVerboser, 1)
        if isManual { try socket.set(.xPublisherIsManual, 1) }
        return (try socket.bind("tcp://127.0.0.1:*"), { try socket.next()[0] })
    }

    /// A SUB of ours or theirs.
    private struct Subscriber {
        let change: (_ topic: String, _ isSubscribe: Bool) throws -> Void
        let close: () -> Void

        init(
            _ both: Libraries,
            isOurs: Bool,
            _ endpoint: String,
            topics: [String],
            connects: Int = 1
        ) throws {
            if isOurs {
                let socket = SubscriberSocket(context: both.context)
                for topic in topics { try socket.subscribe(Frame(topic)) }
                for _ in 0..<connects { try socket.connect(endpoint) }
                change = { topic, isSubscribe in
                    let topic = Frame(topic)
                    try isSubscribe ? socket.subscribe(topic) : socket.unsubscribe(topic)
                }
                close = { socket.close() }
            } else {
                let socket = try both.socket(.subscriber)
                for topic in topics { try socket.set(.subscribe, topic) }
                for _ in 0..<connects { try socket.connect(endpoint) }
                change = { topic, isSubscribe in
                    try socket.set(isSubscribe ? .subscribe : .unsubscribe, topic)
                }
                close = { both.close(socket) }
            }
        }
    }

    @Test("each subscription is told, and a cancellation when it is the last", arguments: ends)
    func repeated(isOurPublisher: Bool, isOurSubscriber: Bool) throws {
        try withBothLibraries { both in
            let (endpoint, next) = try publisher(both, isOurs: isOurPublisher)
            let subscriber = try Subscriber(
                both,
                isOurs: isOurSubscriber,
                endpoint,
                topics: ["begin"]
            )
            #expect(try next() == "\u{1}begin")
            for isSubscribe in [true, true, false, false] {
                try subscriber.change("a", isSubscribe)
            }
            try subscriber.change("end", true)
            var told: [String] = []
            while told.last != "\u{1}end" { told.append(try next()) }
            #expect(told == ["\u{1}a", "\u{1}a", "\u{0}a", "\u{1}end"])
        }
    }

    @Test(
        "who leaves cancels what it had asked for, whoever else has it",
        arguments: ends,
        [false, true]
    )
    func leaving(ends: (isOurPublisher: Bool, isOurSubscriber: Bool), isManual: Bool) throws {
        try withBothLibraries { both in
            let (endpoint, next) = try publisher(
                both,
                isOurs: ends.isOurPublisher,
                isManual: isManual
            )
            let ours = ends.isOurSubscriber
            let stays = try Subscriber(both, isOurs: ours, endpoint, topics: ["a"])
            #expect(try next() == "\u{1}a")
            let leaves = try Subscriber(both, isOurs: ours, endpoint, topics: ["a", "b"])
            #expect(try Set([next(), next()]) == ["\u{1}a", "\u{1}b"])
            leaves.close()
            #expect(try Set([next(), next()]) == ["\u{0}a", "\u{0}b"])
            stays.close()
            #expect(try next() == "\u{0}a")
        }
    }

    @Test("notices and messages of one XSUB come as it sent them", arguments: ends)
    func order(isOurPublisher: Bool, isOurSubscriber: Bool) throws {
        try withBothLibraries { both in
            let (endpoint, next) = try publisher(both, isOurs: isOurPublisher)
            let ours = XSubscriberSocket(context: both.context)
            let theirs = try both.socket(.xSubscriber)
            if isOurSubscriber {
                try ours.connect(endpoint)
                try ours.waitForPeers(atLeast: 1, timeout: .seconds(10))
            } else {
                try theirs.connect(endpoint)
            }
            let sent = (0..<900).map { $0 % 3 == 0 ? "\u{1}\($0)" : "message \($0)" }
            for text in sent {
                try isOurSubscriber ? ours.send(Message(text)) : theirs.send(text)
            }
            #expect(try sent.map { _ in try next() } == sent)
        }
    }

    @Test("a notice carries what is known of the subscriber, also when it has left")
    func metadata() throws {
        try withBothLibraries { both in
            let publisher = XPublisherSocket(context: both.context)
            publisher.describesMessages = true
            let subscriber = try both.socket(.subscriber)
            try subscriber.set(.subscribe, "a")
            try subscriber.connect("\(publisher.bind("tcp://127.0.0.1:*"))")
            let coming = try publisher.receive(timeout: .seconds(10))
            #expect(coming.metadata?.socketType == "SUB")
            #expect(coming.metadata?.peerAddress.hasPrefix("127.0.0.1") == true)
            both.close(subscriber)
            let going = try publisher.receive(timeout: .seconds(10))
            #expect(going == "\u{0}a" && going.metadata?.socketType == "SUB")
        }
    }

    @Test("a SUB that connects twice to one endpoint receives everything once", arguments: ends)
    func connectedTwice(isOurPublisher: Bool, isOurSubscriber: Bool) throws {
        try withBothLibraries { both in
            let (endpoint, next) = try publisher(both, isOurs: isOurPublisher)
            let twice = try Subscriber(
                both,
                isOurs: isOurSubscriber,
                endpoint,
                topics: ["a"],
                connects: 2
            )
            #expect(try next() == "\u{1}a")
            // Whoever comes later is told of later than a second connection would have been.
            let later = try Subscriber(both, isOurs: false, endpoint, topics: ["end"])
            #expect(try next() == "\u{1}end")
            later.close()
            #expect(try next() == "\u{0}end")
            twice.close()
            #expect(try next() == "\u{0}a")
        }
    }
}
