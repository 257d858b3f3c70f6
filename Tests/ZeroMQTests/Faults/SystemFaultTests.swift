import Glibc
import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// Refusals that the system may answer a call with, and one number that no system knows.
private let refusals: [Int32] = [
    EINVAL, EPERM, ECONNABORTED, EPROTO, ENOBUFS, ENOMEM, EMFILE, ENFILE, ENETDOWN, EHOSTDOWN,
    ENONET, EOPNOTSUPP, 9999,
]

/// Refusals of reading and writing.
private let losses: [Int32] = [
    ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ENETDOWN, ENOMEM, ENOBUFS, EBADF, EIO,
    ENOTCONN, EPIPE, EACCES, EPERM, 9999,
]

@Suite("Calls into the system that fail")
struct SystemFaultTests {
    /// A PUSH that has reached a PULL, over a network that will be taken apart.
    private struct Pair {
        let push: PushSocket
        let pull: PullSocket
        let endpoint: Endpoint

        init(_ context: Context, at transport: String) throws {
            (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            push.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(20))
            endpoint = try pull.bind(transport)
            try push.connect(endpoint)
            try exchange("first")
        }

        func exchange(_ text: String) throws {
            try push.put(Message(text))
            #expect(try pull.next() == Message(text))
        }
    }

    @Test("I01 I05 an attempt to connect that the system refuses is made again", arguments: wires)
    func connecting(transport: String) throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            let pair = try Pair(context, at: transport)
            let push = PushSocket(context: context)
            push.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(5))
            let numbers =
                refusals + [
                    ECONNREFUSED, EADDRNOTAVAIL, EACCES, ENETUNREACH, EAFNOSUPPORT, EAGAIN,
                    ETIMEDOUT,
                ]
            network.refuse(.connect, numbers)
            try push.connect(pair.endpoint)
            for number in numbers {
                let failure = push.events.first { $0.isConnectFailed }
                #expect(failure?.errno == number)
            }
            try push.put("at last")
            #expect(try pair.pull.next() == "at last")
            try pair.exchange("meanwhile")
        }
    }

    @Test(
        "I02 a listener goes on after a connection that could not be accepted",
        arguments: refusals,
        wires
    )
    func accepting(number: Int32, transport: String) throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            let pair = try Pair(context, at: transport)
            network.refuse(.accept, [number, number])
            let push = PushSocket(context: context)
            try push.connect(pair.endpoint)
            try push.put("waited in the backlog")
            #expect(try pair.pull.next() == "waited in the backlog")
            // A shortage is told of once.
            let told = SystemError(errno: number).isShortage ? [number] : [number, number]
            #expect(pair.pull.events.all.compactMap(\.errno) == told)
            try pair.exchange("meanwhile")
        }
    }

    @Test("I02 a shortage stops accepting for a moment, and says so", arguments: [EMFILE, ENFILE])
    func shortage(number: Int32) throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            let pair = try Pair(context, at: wires[0])
            network.refuse(.accept, [number, number])
            let pushes = try (0..<20).map { index in
                let push = PushSocket(context: context)
                try push.connect(pair.endpoint)
                try push.put(Message("\(index)"))
                return push
            }
            var pauses = 0
            let received = Set(try pair.pull.next(pushes.count).map { String($0) })
            #expect(received == Set((0..<20).map { "\($0)" }))
            let resumed = pair.pull.events.first { event in
                if case .acceptPaused(_, let reason) = event, reason.errno == number { pauses += 1 }
                if case .acceptResumed = event { return true }
                return false
            }
            #expect(pauses == 1 && resumed != nil)
            // It was one shortage, however often it was met; the next is another.
            network.refuse(.accept, [number])
            let late = PushSocket(context: context)
            try late.connect(pair.endpoint)
            let events = [0, 1].map { _ in pair.pull.events.first(where: \.isAboutShortage) }
            guard case .acceptPaused(_, let reason) = events[0], case .acceptResumed = events[1]
            else {
                Issue.record("\(events)")
                return
            }
            #expect(reason.description.contains(number == EMFILE ? "ulimit -n" : "fs.file-max"))
        }
    }

    @Test("I03 a read that fails ends one connection, and nothing else", arguments: losses, wires)
    func reading(number: Int32, transport: String) throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            let pair = try Pair(context, at: transport)
            let other = PushSocket(context: context)
            try other.connect(pair.endpoint)
            for socket in [other, pair.pull] as [any Socket] {
                try socket.waitForPeers(atLeast: socket === other ? 1 : 2, timeout: enough)
            }
            network.refuse(.receive, [number])
            // Whichever end of whichever connection reads next loses it.
            while network.pendingRefusals(.receive) > 0 {
                _ = try pair.push.trySend("perhaps lost")
            }
            for sender in [pair.push, other] {
                // What the kernel had taken when the connection broke is lost.
                var tries = 0
                repeat {
                    tries += 1
                    try sender.put("whole")
                } while tries < 100 && !hears("whole", pair.pull)
                #expect(tries < 100)
            }
            // The end that could not read says why; the other sees it go.
            let sockets: [any Socket] = [pair.push, pair.pull, other]
            var ends: [SocketEvent] = []
            let deadline = ContinuousClock.now + enough
            while !ends.contains(where: { $0.errno == number }), ContinuousClock.now < deadline {
                ends += sockets.flatMap { $0.events.all }.filter(\.isDisconnected)
                letPass(.milliseconds(1))
            }
            #expect(ends.contains { $0.errno == number } && ends.count <= 2)
        }
    }

    /// Whether a message comes in a moment.
    private func hears(_ wanted: Message, _ pull: PullSocket) -> Bool {
        while let message = try? pull.receive(timeout: .milliseconds(100)) {
            if message == wanted { return true }
        }
        return false
    }

    @Test("I04 a write that fails ends one connection, and nothing else", arguments: losses, wires)
    func writing(number: Int32, transport: String) throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            let pair = try Pair(context, at: transport)
            network.refuse(.send, [number])
            let numbers = (0..<20).map { Message("\($0)") }
            for message in numbers { try pair.push.put(message) }
            let loss = pair.push.events.first { $0.isDisconnected }
            #expect(loss?.errno == number)
            // Nothing had been handed over: everything is sent again.
            for message in numbers { #expect(try pair.pull.next() == message) }
        }
    }

    @Test("I06 a connection that cannot be watched fails, and is tried again", arguments: wires)
    func watching(transport: String) throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            let pair = try Pair(context, at: transport)
            network.refuse(.register, [ENOMEM, ENOSPC, ENOMEM, ENOSPC])
            let push = PushSocket(context: context)
            push.options.reconnect = .backoff(from: .milliseconds(1), upTo: .milliseconds(5))
            try push.connect(pair.endpoint)
            try push.put("at last")
            #expect(try pair.pull.next() == "at last")
            #expect(network.pendingRefusals(.register) == 0)
            try pair.exchange("meanwhile")
        }
    }

    static let refusedBinds: [(Int32, ZeroMQError.Code)] = [
        (EADDRINUSE, .addressInUse), (EACCES, .permissionDenied), (EPERM, .permissionDenied),
        (EADDRNOTAVAIL, .addressNotAvailable), (EMFILE, .resourceExhausted),
        (ENFILE, .resourceExhausted), (ENOBUFS, .resourceExhausted), (ENOMEM, .resourceExhausted),
        (EROFS, .permissionDenied), (9999, .systemFailure),
    ]

    @Test(
        "I07 a refused bind throws with endpoint, number and hint",
        arguments: refusedBinds,
        wires
    )
    func binding(refusal: (Int32, ZeroMQError.Code), transport: String) throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            let pull = PullSocket(context: context)
            network.refuse(.listen, [refusal.0])
            let error = #expect(throws: ZeroMQError.self) { try pull.bind(transport) }
            #expect(error?.code == refusal.1)
            #expect(error?.systemErrno == refusal.0)
            #expect(error?.endpoint != nil)
            #expect(error?.hint != nil || refusal.1 == .systemFailure)
            // The socket is as good as before.
            try PushSocket(context: context).connect(pull.bind(transport))
        }
    }

    @Test("a bind whose listener cannot be watched throws, and can be made again", arguments: wires)
    func deafness(transport: String) throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            let pair = try Pair(context, at: transport)
            let pull = PullSocket(context: context)
            for (number, wanted) in [
                (ENOMEM, ZeroMQError.Code.resourceExhausted), (ENOSPC, .systemFailure),
            ] {
                network.refuse(.register, [number])
                let error = #expect(throws: ZeroMQError.self) { try pull.bind(transport) }
                #expect(error?.code == wanted && error?.systemErrno == number)
                #expect(network.pendingRefusals(.register) == 0)
            }
            let names = pull.events.all.map { "\($0)".prefix { $0 != "(" } }
            #expect(names == ["bindFailed", "bindFailed"])
            // Nothing is left of it: the socket can bind and be connected to.
            let push = PushSocket(context: context)
            try push.connect(pull.bind(transport))
            try push.put("heard")
            #expect(try pull.next() == "heard")
            try pair.exchange("meanwhile")
        }
    }

    @Test("an address that was bound and cannot be watched is free again")
    func deafnessAtOneAddress() throws {
        let network = FaultyNetwork()
        for endpoint in fixedWires {
            try inContext(network) { context in
                let pull = PullSocket(context: context)
                let bound = try pull.bind(endpoint)
                try pull.unbind(bound)
                network.refuse(.register, [ENOMEM])
                #expect(code { _ = try pull.bind(bound) } == .resourceExhausted)
                let push = PushSocket(context: context)
                try push.connect(pull.bind(bound))
                try push.put("heard")
                #expect(try pull.next() == "heard")
            }
        }
    }

    @Test("a bind to a port of the system's choice throws if the system does not tell it")
    func unreadablePort() throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            let pull = PullSocket(context: context)
            network.hideAddresses()
            let error = #expect(throws: ZeroMQError.self) { try pull.bind(wires[0]) }
            #expect(error?.code == .systemFailure && error?.hint != nil)
            network.hideAddresses(false)
            let bound = try pull.bind(wires[0])
            try pull.unbind(bound)
            // A port that was asked for is known all the same.
            network.hideAddresses()
            #expect(try pull.bind(bound) == bound)
            let push = PushSocket(context: context)
            try push.connect(bound)
            try push.put("heard")
            #expect(try pull.next() == "heard")
        }
    }

    @Test("a context whose threads cannot be started says so, and can be tried again")
    func starting() throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            network.refuse(.makeSelector, [EMFILE])
            let pull = PullSocket(context: context)
            let error = #expect(throws: ZeroMQError.self) { try pull.bind(wires[0]) }
            #expect(error?.code == .resourceExhausted && error?.systemErrno == EMFILE)
            #expect(error?.hint != nil)
            _ = try Pair(context, at: wires[0])
        }
    }

    static let steps: [FaultyNetwork.Step] = [.one, .random(upTo: 7), .random(upTo: 5000)]

    @Test("I08 what is moved in small steps arrives all the same", arguments: steps, wires)
    func smallSteps(step: FaultyNetwork.Step, transport: String) throws {
        let network = FaultyNetwork()
        try inContext(network) { context in
            network.limit(to: step)
            let pair = try Pair(context, at: transport)
            var dice = ZeroMQTestSupport.SeededGenerator(seed: 3)
            let messages = (0..<60).map { number in
                Message(
                    frames: (0...number % 3).map { _ in
                        Frame.patterned(Int.random(in: 0...400, using: &dice), seed: number)
                    }
                )
            }
            let large: Message = [Frame.patterned(40_000), "and more"]
            let all = messages + (step.isSingle ? [] : [large])
            let worker = try Worker { for message in all { try pair.push.put(message) } }
            for message in all { #expect(try pair.pull.next() == message) }
            try worker.value()
        }
    }
}

extension FaultyNetwork.Step {
    var isSingle: Bool { if case .one = self { true } else { false } }
}

extension DisconnectReason {
    /// The number the system gave, if it was the system's.
    var errno: Int32? { if case .systemError(let number, _) = self { number } else { nil } }
}

extension SocketEvents {
    /// Everything that has happened.
    var all: [SocketEvent] {
        var events: [SocketEvent] = []
        while let event = tryNext() { events.append(event) }
        return events
    }
}

extension SocketEvent {
    fileprivate var isAboutShortage: Bool {
        switch self {
        case .acceptPaused, .acceptResumed: true
        default: false
        }
    }

    var isConnectFailed: Bool { if case .connectFailed = self { true } else { false } }
    var isDisconnected: Bool { if case .disconnected = self { true } else { false } }

    /// The number the system gave, if the event tells of a refusal by the system.
    var errno: Int32? {
        switch self {
        case .acceptFailed(_, let reason), .acceptPaused(_, let reason),
            .connectFailed(_, let reason), .disconnected(_, _, let reason):
            reason.errno
        default: nil
        }
    }
}
