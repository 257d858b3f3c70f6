import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// A socket that was closed keeps nothing alive, and nothing keeps it: neither what its peers had
/// sent, nor what it had not sent, nor who waited for it.
@Suite("A closed socket is let go", .serialized)
struct ClosedSocketTests {
    /// What is done with two sockets before they are closed.
    enum Use: CaseIterable {
        case pipeline, latest, dealerAndRouter, pair, named, refusedNames
        case topics, unreadNotices, everyNotice, manualUnread, manualRead, manualDirected, welcome
        case request, describedRequest, exchange, owedReply, describedReply
        case describedRouter, describedSubscriber, connectedOnly, probes, farewells
        case poller, keptPoller, proxy, events, waitingThread, waitingTasks, refusals
        case heartbeat, neverMet
    }

    private final class Weak {
        weak var core: SocketCore?
        weak var pipe: SocketPipe?

        init(_ core: SocketCore?, pipe: SocketPipe?) { (self.core, self.pipe) = (core, pipe) }
    }

    @Test("whatever it was used for", arguments: Use.allCases, transports)
    func letGo(use: Use, endpoint: String) async throws {
        let context = Context()
        let remains = try await closed(use, context, endpoint)
        let clock = SystemClock()
        let end = clock.now + .seconds(10)
        // A loop may just be letting go of it.
        while remains.contains(where: { $0.core != nil || $0.pipe != nil }), clock.now < end {
            letPass(.milliseconds(1))
        }
        for (index, weak) in remains.enumerated() {
            #expect(weak.core == nil && weak.pipe == nil, "socket \(index) of \(use)")
        }
        await context.shutDown()
    }

    private func closed(_ use: Use, _ context: Context, _ at: String) async throws -> [Weak] {
        let sockets = try await used(use, context, at)
        let remains = sockets.map { socket in
            let core = socket.handle.core
            return Weak(core, pipe: core.withSender { $0.pipes.pipes.first })
        }
        for socket in sockets { _ = await socket.close(linger: .discard) }
        return remains
    }

    /// Binds one socket, connects the other, and waits until they have met.
    private func meet(_ bound: any Socket, _ connecting: any Socket, _ at: String) async throws {
        try connecting.connect(bound.bind(at))
        try await bound.waitForPeers(timeout: enough)
        try await connecting.waitForPeers(timeout: enough)
    }

    // The number of uses is what makes this long.
    private func used(_ use: Use, _ context: Context, _ at: String) async throws -> [any Socket] {
        switch use {
        case .pipeline, .latest, .poller, .keptPoller, .events, .waitingThread, .waitingTasks,
            .heartbeat, .neverMet, .proxy:
            return try await usedPipeline(use, context, at)
        case .dealerAndRouter, .named, .refusedNames, .describedRouter, .connectedOnly, .probes,
            .farewells, .refusals, .pair:
            return try await usedRoutes(use, context, at)
        case .topics, .unreadNotices, .everyNotice, .manualUnread, .manualRead, .manualDirected,
            .welcome, .describedSubscriber:
            return try await usedTopics(use, context, at)
        case .request, .describedRequest, .exchange, .owedReply, .describedReply:
            return try await usedRequests(use, context, at)
        }
    }

    private func usedPipeline(
        _ use: Use,
        _ context: Context,
        _ at: String
    ) async throws -> [any Socket] {
        let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
        push.options.keepsOnlyLatest = use == .latest
        pull.options.keepsOnlyLatest = use == .latest
        if use == .heartbeat { push.options.heartbeat = Heartbeat(interval: .milliseconds(10)) }
        if use == .neverMet {
            try push.connect(at.contains("*") ? "tcp://127.0.0.1:9" : at)
            for _ in 0..<10 { try push.put("message") }
            return [push, pull]
        }
        try await meet(pull, push, at)
        for number in 0..<10 { try push.put(Message("\(number)")) }
        _ = try await pull.receive(timeout: enough)
        switch use {
        case .poller, .keptPoller:
            let poller = Poller()
            poller.add(pull, for: .readable)
            let token = poller.add(push, for: [.readable, .writable])
            try Self.wait(poller)
            if use == .keptPoller { poller.remove(token) }
        case .events:
            let events = pull.events
            _ = events.tryNext()
            Task { for await _ in events {} }
        case .waitingThread:
            _ = try Worker { while true { _ = try pull.receive() } }
        case .waitingTasks:
            for _ in 0..<3 { Task { while true { _ = try await pull.receive() } } }
            Task { try await push.waitForPeers(atLeast: 7) }
            Task { try await push.flush() }
        case .proxy:
            let proxy = Proxy(frontend: pull, backend: push)
            let running = Task { try await proxy.run() }
            proxy.terminate()
            try await running.value
        default: break
        }
        return [push, pull]
    }

    private static func wait(_ poller: Poller) throws { _ = try poller.wait(timeout: .zero) }

    private func usedRoutes(
        _ use: Use,
        _ context: Context,
        _ at: String
    ) async throws -> [any Socket] {
        if use == .pair {
            let (left, right) = (PairSocket(context: context), PairSocket(context: context))
            try await meet(left, right, at)
            for _ in 0..<10 { try left.put("message") }
            return [left, right]
        }
        let (dealer, router) = (DealerSocket(context: context), RouterSocket(context: context))
        dealer.options.routingID = "dealer"
        if use == .named { router.options.connectRoutingID = "name" }
        router.describesMessages = use == .describedRouter
        dealer.options.queuesOnlyToConnectedPeers = use == .connectedOnly
        dealer.options.probesRouter = use == .probes
        router.options.routerNotices = use == .farewells ? [.connected, .disconnected] : []
        router.options.disconnectMessage = use == .farewells ? "farewell" : nil
        dealer.options.helloMessage = use == .farewells ? "hello" : nil
        dealer.options.throwsWhenRefused = use == .refusals
        if use == .named {
            try await meet(dealer, router, at)
        } else {
            try await meet(router, dealer, at)
        }
        for _ in 0..<3 { try dealer.put(["", "message"]) }
        let message = try await router.receive(timeout: enough)
        try router.put([message[0], "reply"])
        guard use == .refusedNames else { return [dealer, router] }
        let other = DealerSocket(context: context)
        other.options.routingID = "dealer"
        try other.connect(router.bind(at == transports[2] ? at + "-else" : at))
        // Over inproc it has been refused by now.
        _ = try other.trySend("message")
        return [dealer, router, other]
    }

    private func usedTopics(
        _ use: Use,
        _ context: Context,
        _ at: String
    ) async throws -> [any Socket] {
        let publisher = XPublisherSocket(context: context)
        let subscriber = SubscriberSocket(context: context)
        publisher.isManual = [.manualUnread, .manualRead, .manualDirected].contains(use)
        publisher.notices = use == .everyNotice ? .everything : .changes
        publisher.welcomeMessage = use == .welcome ? "welcome" : nil
        subscriber.describesMessages = use == .describedSubscriber
        for number in 0..<20 { try subscriber.subscribe(Frame("\(number)")) }
        try await meet(publisher, subscriber, at)
        guard use != .unreadNotices, use != .everyNotice, use != .manualUnread else {
            let poller = Poller()
            poller.add(publisher, for: .readable)
            try Self.wait(poller)
            return [publisher, subscriber]
        }
        _ = try await publisher.receive(timeout: enough)
        if publisher.isManual { try publisher.grant("1") }
        if use == .manualDirected { try publisher.sendNextToLastNoticed() }
        if use != .manualDirected { try publisher.put("1 message") }
        return [publisher, subscriber]
    }

    private func usedRequests(
        _ use: Use,
        _ context: Context,
        _ at: String
    ) async throws -> [any Socket] {
        let (request, reply) = (RequestSocket(context: context), ReplySocket(context: context))
        request.describesMessages = use == .describedRequest
        reply.describesMessages = use == .describedReply
        try await meet(reply, request, at)
        if use == .exchange {
            let asking = Task { try await request.request("question", timeout: enough) }
            _ = try await reply.receive(timeout: enough)
            try reply.put("answer")
            _ = try await asking.value
            return [request, reply]
        }
        try request.put("question")
        guard use != .request else { return [request, reply] }
        _ = try await reply.receive(timeout: enough)
        guard use != .owedReply else { return [request, reply] }
        try reply.put("answer")
        _ = try await request.receive(timeout: enough)
        return [request, reply]
    }

    @Test("a STREAM as well", arguments: wires)
    func stream(endpoint: String) async throws {
        let context = Context()
        let remains = try await closedStream(context, endpoint)
        let clock = SystemClock()
        let end = clock.now + .seconds(10)
        while remains.contains(where: { $0.core != nil }), clock.now < end {
            letPass(.milliseconds(1))
        }
        #expect(remains.allSatisfy { $0.core == nil })
        await context.shutDown()
    }

    private func closedStream(_ context: Context, _ endpoint: String) async throws -> [Weak] {
        let (left, right) = (StreamSocket(context: context), StreamSocket(context: context))
        try await meet(left, right, endpoint)
        let arrival = try await left.receive(timeout: enough)
        for _ in 0..<3 { try left.put([arrival[0], "bytes"]) }
        let remains = [left, right].map { Weak($0.handle.core, pipe: nil) }
        await left.close(linger: .discard)
        await right.close(linger: .discard)
        return remains
    }
}
