import Glibc
import Testing
import ZeroMQProtocol
import ZeroMQReactor

@testable import ZeroMQ

@Suite("Listener")
struct ListenerTests {
    @Test("failures to accept, one after the other, lead to pauses and not to a busy loop")
    func persistentFailure() throws {
        let context = ContextCore(options: ContextOptions())
        defer { context.shutDown() }
        let core = context.makeSocket(.pull)
        let address = try #require(SocketAddress(numericHost: "127.0.0.1", port: 0))
        let descriptor = try ListeningDescriptor.listen(on: address, backlog: 10)
        // From here on the kernel answers every attempt to accept with an error.
        #expect(shutdown(descriptor.descriptor, Int32(SHUT_RDWR)) == 0)
        let loop = try context.nextLoop()
        let listener = Listener(
            core: core,
            loop: loop,
            endpoint: try Endpoint("tcp://127.0.0.1:1"),
            options: SocketOptions(),
            descriptor: descriptor,
            file: nil
        )
        loop.execute { try? listener.start() }

        let deadline = Deadline(.upTo(.seconds(10)), clock: context.clock)
        let events = EventObserver(core)
        var failures = 0
        var pauses = 0
        while pauses < 3, let event = events.next(deadline: deadline) {
            if case .acceptFailed = event { failures += 1 }
            if case .acceptPaused(_, .systemError(_, let name)) = event {
                #expect(name == "EINVAL")
                pauses += 1
            }
        }
        #expect(pauses == 3 && failures == 3)
        let finished = Condition(false)
        loop.execute { listener.close(.discard) { _ in finished.change { $0 = true } } }
        #expect(finished.wait(until: deadline, in: context) { $0 })
    }
}
