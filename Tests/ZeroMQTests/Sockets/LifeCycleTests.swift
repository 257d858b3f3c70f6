import Testing
import ZeroMQ

@Suite("Endpoints come and go", .tags(.threads))
struct EndpointLifeTests {
    @Test("connecting may come before binding", arguments: fixedWires + ["inproc://early"])
    func connectFirst(endpoint: String) throws {
        try inContext { context in
            let probe = PullSocket(context: context)
            let bound = try probe.bind(endpoint)
            probe.close()
            let push = PushSocket(context: context)
            push.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(5))
            try push.connect(bound)
            try push.put("early")
            let pull = PullSocket(context: context)
            try pull.bind(bound)
            #expect(try pull.next() == "early")
        }
    }

    @Test("one socket serves several endpoints at once")
    func several() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let pushes = try transports.map { transport in
                let push = PushSocket(context: context)
                try push.connect(pull.bind(transport))
                return push
            }
            for (index, push) in pushes.enumerated() { try push.put(Message("\(index)")) }
            #expect(Set(try pull.next(3)) == ["0", "1", "2"])
        }
    }

    @Test("an endpoint is free again after unbind", arguments: fixedWires + ["inproc://again"])
    func unbind(endpoint: String) throws {
        try inContext { context in
            let (one, two) = (PullSocket(context: context), PullSocket(context: context))
            let bound = try one.bind(endpoint)
            #expect(code { try two.bind(bound) } == .addressInUse)
            try one.unbind(bound)
            #expect(code { try one.unbind(bound) } == .notFound)
            try two.bind(bound)
            let push = PushSocket(context: context)
            try push.connect(bound)
            try push.put("to the second")
            #expect(try two.next() == "to the second")
        }
    }

    @Test("after disconnect, only the other endpoints are served", arguments: transports)
    func disconnect(endpoint: String) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            let (one, two) = (PullSocket(context: context), PullSocket(context: context))
            let first = try one.bind(endpoint)
            let second = try two.bind(endpoint.replacing("somewhere", with: "elsewhere"))
            try push.connect(first)
            try push.connect(second)
            try push.put("1")
            try push.put("2")
            #expect(Set([try one.next(), try two.next()]) == ["1", "2"])
            try push.disconnect(first)
            #expect(code { try push.disconnect(first) } == .notFound)
            for number in 0..<10 { try push.put(Message("\(number)")) }
            #expect(try two.next(10).count == 10)
            #expect(try one.tryReceive() == nil)
        }
    }

    @Test("what is queued outlives the loss of the server", arguments: fixedWires)
    func reconnect(endpoint: String) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            push.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(5))
            let events = push.events
            var pull = PullSocket(context: context)
            let bound = try pull.bind(endpoint)
            try push.connect(bound)
            for round in 0..<5 {
                try push.put(Message("served \(round)"))
                #expect(try pull.next() == Message("served \(round)"))
                pull.close()
                let loss = events.first { if case .disconnected = $0 { true } else { false } }
                #expect(loss != nil)
                for number in 0..<50 { try push.put([Frame("\(round)"), Frame("\(number)")]) }
                pull = PullSocket(context: context)
                try pull.bind(bound)
                for number in 0..<50 {
                    #expect(try pull.next() == [Frame("\(round)"), Frame("\(number)")])
                }
            }
        }
    }
}

@Suite("Sockets and contexts end", .tags(.threads))
struct EndingTests {
    @Test("close sends what was accepted", arguments: wires)
    func linger(endpoint: String) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind(endpoint))
            for number in 0..<900 { try push.put(Message("\(number)")) }
            #expect(push.close() == 0)
            for number in 0..<900 { #expect(try pull.next() == Message("\(number)")) }
        }
    }

    @Test("close says what was not sent, once the time is over", arguments: [0, 30])
    func unsent(milliseconds: Int) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            push.linger = milliseconds == 0 ? .discard : .wait(upTo: .milliseconds(milliseconds))
            try push.connect("ipc:///tmp/zeromq-tests-nobody")
            for _ in 0..<7 { try push.put("x") }
            #expect(push.close() == 7)
            #expect(push.close() == 7)
        }
    }

    @Test("what lingers after disconnect is sent before the socket or context is gone")
    func lingeringDisconnect() throws {
        let place = "ipc:///tmp/zeromq-tests-\(UInt64.random(in: 0 ... .max))"
        for endsContext in [false, true] {
            try inContext { receiving in
                let context = Context()
                let push = PushSocket(context: context)
                push.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(5))
                try push.connect(place)
                for number in 0..<5 { try push.put(Message("\(number)")) }
                try push.disconnect(place)
                let closer = try Worker {
                    let unsent = endsContext ? 0 : push.close()
                    context.shutDown()
                    return unsent
                }
                let pull = PullSocket(context: receiving)
                try pull.bind(place)
                for number in 0..<5 { #expect(try pull.next() == Message("\(number)")) }
                #expect(try closer.value() == 0)
            }
        }
    }

    @Test("close puts an end to what lingers after disconnect", arguments: [0, 30])
    func shorterLinger(milliseconds: Int) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            push.linger = .waitForever
            try push.connect("ipc:///tmp/zeromq-tests-nobody")
            for _ in 0..<7 { try push.put("x") }
            try push.disconnect("ipc:///tmp/zeromq-tests-nobody")
            let linger: Linger = milliseconds == 0 ? .discard : .wait(upTo: .milliseconds(30))
            #expect(push.close(linger: linger) == 7)
        }
    }

    @Test("inproc messages stay readable when the sender has closed")
    func inprocClose() throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind("inproc://closing"))
            for number in 0..<10 { try push.put(Message("\(number)")) }
            #expect(push.close() == 0)
            for number in 0..<10 { #expect(try pull.next() == Message("\(number)")) }
            #expect(try pull.tryReceive() == nil)
        }
    }

    @Test("a closed socket refuses every call")
    func closed() throws {
        try inContext { context in
            let pair = PairSocket(context: context)
            try pair.bind("inproc://closed")
            pair.close()
            #expect(code { try pair.put("x") } == .socketClosed)
            #expect(code { _ = try pair.tryReceive() } == .socketClosed)
            #expect(code { try pair.bind("inproc://closed") } == .socketClosed)
            #expect(code { try pair.waitForPeers(atLeast: 1) } == .socketClosed)
        }
    }

    /// Starts threads that wait, or are about to, in every way there is.
    private func waiters(_ context: Context, on pair: PairSocket) throws -> [Worker<Void>] {
        let publisher = PublisherSocket(context: context)
        return try (0..<4).flatMap { _ in
            [
                try Worker { _ = try pair.receive() },
                try Worker { try pair.send("nobody is there") },
                try Worker { try pair.waitForPeers(atLeast: 1) },
                try Worker { try publisher.waitForSubscribers(atLeast: 1) },
            ]
        }
    }

    @Test("close wakes every call that waits")
    func closeWakes() throws {
        try inContext { context in
            let pair = PairSocket(context: context)
            let workers = try (0..<50).flatMap { _ in
                [
                    try Worker { _ = try pair.receive() },
                    try Worker { try pair.send("nobody is there") },
                ]
            }
            pair.close()
            for worker in workers { #expect(code { try worker.value() } == .socketClosed) }
        }
    }

    @Test("shutting the context down wakes every call that waits, in every socket")
    func shutDownWakes() throws {
        let context = Context()
        let workers = try waiters(context, on: PairSocket(context: context))
        context.shutDown()
        for worker in workers { #expect(code { try worker.value() } == .contextShutDown) }
        let late = PairSocket(context: context)
        #expect(code { try late.bind("inproc://late") } == .contextShutDown)
        #expect(code { _ = try late.tryReceive() } == .contextShutDown)
    }

    @Test("timeouts are kept, for the call and for the socket")
    func timeouts() throws {
        try inContext { context in
            let pair = PairSocket(context: context)
            let clock = ContinuousClock()
            let spent = clock.measure {
                #expect(code { _ = try pair.receive(timeout: .milliseconds(30)) } == .timedOut)
                pair.receiveTimeout = .milliseconds(20)
                #expect(code { _ = try pair.receive() } == .timedOut)
                pair.sendTimeout = .milliseconds(20)
                #expect(code { try pair.send("x") } == .timedOut)
            }
            #expect(spent >= .milliseconds(70) && spent < .seconds(10))
            try pair.bind("inproc://timeouts")
            let peer = PairSocket(context: context)
            try peer.connect("inproc://timeouts")
            try peer.put("in time")
            #expect(try pair.receive() == "in time")
            #expect(try pair.tryReceive() == nil)
        }
    }

    @Test("contexts in many threads come and go")
    func manyContexts() throws {
        let workers = try (0..<8).map { _ in
            try Worker {
                for _ in 0..<10 {
                    try inContext { context in
                        let (push, pull) = (
                            PushSocket(context: context), PullSocket(context: context)
                        )
                        try push.connect(pull.bind("tcp://127.0.0.1:*"))
                        try push.put("x")
                        #expect(try pull.next() == "x")
                    }
                }
            }
        }
        for worker in workers { try worker.value() }
    }
}

@Suite("Many threads at one socket", .tags(.threads))
struct SharedSocketTests {
    @Test("messages of sixteen senders do not mix and keep their order", arguments: transports)
    func senders(endpoint: String) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind(endpoint))
            let (threads, count) = (16, 500)
            let workers = try (0..<threads).map { thread in
                try Worker {
                    for number in 0..<count {
                        let name = Frame("\(thread)")
                        try push.put([name, Frame("\(number)"), name, Frame.patterned(300)])
                    }
                }
            }
            var next = [Int](repeating: 0, count: threads)
            for _ in 0..<(threads * count) {
                let message = try pull.next()
                try #require(message.count == 4 && message[0] == message[2])
                let thread = try #require(Int(String(message[0])))
                #expect(String(message[1]) == "\(next[thread])")
                next[thread] += 1
            }
            for worker in workers { try worker.value() }
        }
    }

    @Test("each message reaches one of many receivers", arguments: transports)
    func receivers(endpoint: String) throws {
        try inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind(endpoint))
            let (threads, count) = (8, 500)
            let workers = try (0..<threads).map { _ in
                try Worker { try pull.next(count).compactMap { Int(String($0)) } }
            }
            for number in 0..<(threads * count) { try push.put(Message("\(number)")) }
            var all: [Int] = []
            for worker in workers {
                let numbers = try worker.value()
                #expect(numbers.count == count)
                all += numbers
            }
            #expect(all.sorted() == Array(0..<(threads * count)))
        }
    }
}
