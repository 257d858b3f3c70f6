import Glibc
import Testing
import ZeroMQ

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

    @Test("a descriptor wakes a waiting task, whichever is first")
    func descriptors() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        defer { for end in [reading, writing] { _ = close(end) } }
        let poller = Poller()
        let token = try poller.add(descriptor: reading, for: .readable)
        #expect(try await poller.wait(timeout: .milliseconds(5)).isEmpty)
        for _ in 0..<500 {
            async let count = Task.detached { write(writing, "x", 1) }.value
            let events = try await poller.wait(timeout: .seconds(10))
            #expect(events.map(\.token) == [token])
            #expect(await count == 1)
            var byte: UInt8 = 0
            #expect(read(reading, &byte, 1) == 1)
        }
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
