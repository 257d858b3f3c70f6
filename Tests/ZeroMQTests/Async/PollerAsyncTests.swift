import Glibc
import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("A poller in asynchronous code", .serialized)
struct PollerAsyncTests {
    @Test("a message wakes a waiting task, over every transport", arguments: transports)
    func sockets(endpoint: String) async throws {
        try await inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind(endpoint))
            let poller = Poller()
            poller.add(pull, for: .readable)
            #expect(try await poller.wait(timeout: .milliseconds(5)).isEmpty)
            for number in 0..<200 {
                async let sent: Void = push.send("\(number)")
                let events = try await poller.wait(timeout: .seconds(10))
                #expect(events.map(\.readiness) == [.readable])
                #expect(try pull.tryReceive() == Message("\(number)"))
                try await sent
            }
        }
    }

    @Test("a descriptor wakes a waiting task")
    func descriptors() async throws {
        let server = try RawServer()
        let endpoint = server.endpoint
        let descriptor = server.release()
        defer { _ = close(descriptor) }
        let poller = Poller()
        let token = try poller.add(descriptor: descriptor, for: .readable)
        #expect(try await poller.wait(timeout: .milliseconds(5)).isEmpty)
        let calling = Task.detached {
            // Long enough for the other one to sleep as a rule; right either way.
            try await Task.sleep(for: .milliseconds(5))
            return try RawPeer(connectingTo: endpoint)
        }
        let events = try await poller.wait(timeout: .seconds(10))
        #expect(events.map(\.token) == [token])
        try await calling.value.close()
    }

    @Test("timers run, and stop and cancellation end the wait")
    func endings() async throws {
        let poller = Poller()
        var ticks = 0
        poller.every(.milliseconds(2)) { ticks += 1 }
        let stopper = poller.stopper
        poller.after(.milliseconds(20)) { stopper.stop() }
        try await poller.run()
        #expect(ticks > 2)
        let task = Task {
            let poller = Poller()
            return await code { _ = try await poller.wait() }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
    }
}
