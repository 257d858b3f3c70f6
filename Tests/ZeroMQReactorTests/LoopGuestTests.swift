import Testing

@testable import ZeroMQReactor

@Suite("A loop driven by callers that have to wait", .tags(.threads))
struct LoopGuestTests {
    private func loopWithGuests() throws -> EventLoop {
        let loop = EventLoop(
            selector: try EpollSelector(),
            clock: SystemClock(),
            name: "guests",
            mayHaveGuests: true
        )
        try loop.start()
        return loop
    }

    private func end(_ loop: EventLoop) {
        loop.stop()
        loop.join()
    }

    /// Waits for a task of the loop, and says on which thread it ran.
    private func threadOfTask(_ loop: EventLoop) throws -> UInt {
        let parker = ThreadParker(loop: loop)
        let identity = Shared<UInt>(0)
        // Posted by somebody else, so that whoever drives is the one to be woken.
        let poster = try SystemThread.start(name: "poster") {
            loop.execute {
                identity.update { $0 = SystemThread.currentIdentity }
                parker.unpark()
            }
        }
        try #require(parker.wait(until: patience))
        #expect(poster.join(until: patience))
        return identity.value
    }

    @Test("a caller comes to drive the loop itself")
    func driving() throws {
        let loop = try loopWithGuests()
        defer { end(loop) }
        let deadline = patience
        while try threadOfTask(loop) != SystemThread.currentIdentity {
            try #require(SystemClock().now < deadline)
        }
        #expect(!loop.isOnLoop)
    }

    @Test("the loop's own thread takes over when the callers do something else")
    func absence() throws {
        let loop = try loopWithGuests()
        defer { end(loop) }
        for _ in 0..<10 { _ = try threadOfTask(loop) }
        let fired = ThreadParker()
        // With the helm free, nobody but the own thread can get to this timer.
        loop.execute {
            _ = loop.schedule(at: loop.now + .milliseconds(1)) { fired.unpark() }
        }
        #expect(fired.park(until: patience))
    }

    @Test("a deadline ends the wait of who drives and of who does not")
    func deadlines() throws {
        let loop = try loopWithGuests()
        defer { end(loop) }
        for _ in 0..<20 {
            let parker = ThreadParker(loop: loop)
            #expect(!parker.wait(until: SystemClock().now + .milliseconds(1)))
            parker.unpark()
            #expect(parker.wait(until: patience))
        }
    }

    @Test("work that is likely to come is looked for again, without being announced")
    func revisiting() throws {
        final class Again: LoopTask, @unchecked Sendable {
            // Sendable because everything but `done` is touched on the loop only.
            let loop: EventLoop
            let done = ThreadParker()
            var visits = 0
            init(_ loop: EventLoop) { self.loop = loop }
            override func run() {
                visits += 1
                if visits == 5 { done.unpark() } else { loop.revisit(self) }
            }
        }
        let loop = try loopWithGuests()
        defer { end(loop) }
        let task = Again(loop)
        loop.post(task)
        #expect(task.done.park(until: patience))
    }

    @Test("many callers and posters never miss each other")
    func stress() throws {
        let loop = try loopWithGuests()
        defer { end(loop) }
        let rounds = 2_000
        let lost = Shared(0)
        let threads = try (0..<4).map { number in
            try SystemThread.start(name: "caller-\(number)") {
                for round in 0..<rounds {
                    let parker = ThreadParker(loop: loop)
                    switch (round + number) % 3 {
                    case 0: loop.execute { parker.unpark() }
                    case 1:
                        loop.execute {
                            _ = loop.schedule(at: loop.now + .microseconds(50)) { parker.unpark() }
                        }
                    default:
                        // Through another caller's wait, or the own thread's.
                        loop.execute { loop.execute { parker.unpark() } }
                    }
                    if !parker.wait(until: patience) { lost.update { $0 += 1 } }
                }
            }
        }
        for thread in threads { #expect(thread.join(until: patience + .seconds(60))) }
        #expect(lost.value == 0)
    }

    @Test("a loop that has ended stays so, whoever waits there")
    func lateGuest() throws {
        let loop = try loopWithGuests()
        end(loop)
        #expect(!loop.execute {})
        let parker = ThreadParker(loop: loop)
        #expect(!parker.wait(until: SystemClock().now + .milliseconds(5)))
        #expect(!loop.execute {})
    }
}
