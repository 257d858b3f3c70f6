import Testing
import ZeroMQProtocol
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// A loop ends while somebody is about to ask it for something, or has just asked.
@Suite("Calls that come when the loop has ended", .serialized, .tags(.threads))
struct EndedLoopTests {
    /// Runs a body with sockets whose only loop has ended, as for one who comes late.
    private func afterTheEnd(
        _ body: @escaping @Sendable (DealerSocket, Endpoint) async throws -> Void
    ) async throws {
        let context = Context()
        let dealer = DealerSocket(context: context)
        let endpoint = try dealer.bind("tcp://127.0.0.1:*")
        try dealer.connect("tcp://127.0.0.1:9")
        let loop = try context.core.firstLoop()
        loop.stop()
        loop.join()
        try await body(dealer, endpoint)
    }

    @Test("disconnect, unbind, close and shutDown return")
    func threads() async throws {
        try await afterTheEnd { dealer, endpoint in
            let worker = try Worker {
                try dealer.disconnect("tcp://127.0.0.1:9")
                try dealer.unbind(endpoint)
                dealer.close()
                dealer.context.shutDown()
            }
            try worker.value()
        }
    }

    @Test("close returns with endpoints left")
    func close() async throws {
        try await afterTheEnd { dealer, _ in
            try Worker { _ = dealer.close() }.value()
        }
    }

    @Test("a task that waits with a timeout is told when it is over")
    func tasks() async throws {
        try await afterTheEnd { dealer, _ in
            let receiving = await code { _ = try await dealer.receive(timeout: .milliseconds(20)) }
            #expect(receiving == .timedOut)
            let connected = await code { try await dealer.waitForPeers(timeout: .milliseconds(20)) }
            #expect(connected == .timedOut)
            await dealer.close()
        }
    }

    @Test("disconnect and unbind against shutDown", arguments: 0..<20)
    func races(round: Int) throws {
        let context = Context()
        let dealers = try (0..<4).map { _ in
            let dealer = DealerSocket(context: context)
            dealer.linger = .discard
            try dealer.connect("tcp://127.0.0.1:9")
            return (dealer, try dealer.bind("tcp://127.0.0.1:*"))
        }
        let workers = try dealers.map { dealer, endpoint in
            try Worker {
                // Whoever comes too late finds nothing there.
                try? dealer.disconnect("tcp://127.0.0.1:9")
                try? dealer.unbind(endpoint)
            }
        }
        context.shutDown()
        for worker in workers { try worker.value() }
    }

    @Test("who hears that a socket is closed may come back to it at once")
    func comingBack() throws {
        let context = ContextCore(options: ContextOptions())
        let core = context.makeSocket(.pull)
        _ = core.close(saying: .socketClosed, linger: .discard)
        let worker = try Worker {
            let seen = Locked(false)
            core.beginClose(saying: .socketClosed, linger: nil) {
                let unsent = core.life.withLock { $0.unsent }
                seen.withLock { $0 = unsent == 0 }
            }
            return seen.withLock { $0 }
        }
        #expect(try worker.value())
        context.shutDown()
    }

    // MARK: What comes to the loop too late

    @Test("an endpoint that was closed before it dialled does not dial")
    func dialling() throws {
        let server = try RawServer()
        try inContext { context in
            let core = context.core.makeSocket(.dealer)
            let loop = try context.core.firstLoop()
            let connector = Connector(
                core: core,
                loop: loop,
                endpoint: try Endpoint(server.endpoint),
                options: SocketOptions()
            )
            let isClosed = Condition(false)
            loop.execute {
                connector.close(.discard) { _ in isClosed.change { $0 = true } }
                connector.dial()
            }
            let deadline = Deadline(.upTo(enough), clock: SystemClock())
            #expect(isClosed.wait(until: deadline, in: context.core) { $0 })
            let events = EventObserver(core)
            #expect(events.tryNext() == .closed(connector.endpoint))
            #expect(events.tryNext() == nil)
            #expect(throws: RawPeerError.self) { try server.accept(milliseconds: 100) }
        }
    }

    @Test("an endpoint that was closed before it listened does not listen")
    func listening() throws {
        try inContext { context in
            let core = context.core.makeSocket(.dealer)
            let loop = try context.core.firstLoop()
            let address = try #require(SocketAddress(numericHost: "127.0.0.1", port: 0))
            let listener = Listener(
                core: core,
                loop: loop,
                endpoint: try Endpoint("tcp://127.0.0.1:1"),
                options: SocketOptions(),
                descriptor: try ListeningDescriptor.listen(on: address, backlog: 10),
                file: nil
            )
            let isClosed = Condition(false)
            loop.execute {
                listener.close(.discard) { _ in isClosed.change { $0 = true } }
                try? listener.start()
                // An event of the kernel that was underway.
                listener.handle(.readable)
            }
            let deadline = Deadline(.upTo(enough), clock: SystemClock())
            #expect(isClosed.wait(until: deadline, in: context.core) { $0 })
            let events = EventObserver(core)
            while let event = events.tryNext() {
                #expect(event == .closed(try Endpoint("tcp://127.0.0.1:1")))
            }
        }
    }
}
