import Testing
import ZeroMQTestSupport

@testable import ZeroMQ
@testable import ZeroMQReactor

/// A proxy that waits does not drive the loop, so somebody else has to be told to.
@Suite("Proxies that wait", .serialized)
struct ProxyFollowingTests {
    private func hasFollower(_ context: Context) throws -> Bool {
        let loop = try context.core.firstLoop()
        let end = SystemClock().now + .seconds(10)
        while !loop.helm.hasFollowers, SystemClock().now < end { letPass(.milliseconds(1)) }
        return loop.helm.hasFollowers
    }

    @Test("a proxy in a task counts as somebody who waits")
    func task() async throws {
        try await inContext { context in
            let front = PullSocket(context: context)
            let back = PushSocket(context: context)
            try front.bind("tcp://127.0.0.1:*")
            let proxy = Proxy(frontend: front, backend: back)
            let running = Task { try await proxy.run() }
            #expect(try hasFollower(context))
            proxy.terminate()
            try await running.value
            #expect(try !context.core.firstLoop().helm.hasFollowers)
        }
    }

    @Test("so does one that began before there was a loop")
    func early() throws {
        try inContext { context in
            let front = PullSocket(context: context)
            let back = PushSocket(context: context)
            try front.bind("inproc://front")
            let proxy = Proxy(frontend: front, backend: back)
            let running = try Worker { try proxy.run() }
            let push = PushSocket(context: context)
            try push.connect("inproc://front")
            let pull = PullSocket(context: context)
            try back.bind("inproc://back")
            try pull.connect("inproc://back")
            // It has begun, and waits again soon.
            try push.put("message")
            #expect(try pull.next() == "message")
            #expect(try hasFollower(context))
            proxy.terminate()
            try running.value()
        }
    }
}
