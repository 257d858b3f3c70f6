import Testing

@testable import ZeroMQReactor

@Suite("Event loop with more to do than one turn has time for")
struct CrowdedLoopTests {
    let selector = ScriptedSelector()
    let clock = ManualClock()
    let loop: EventLoop
    let log = Log()

    init() {
        loop = EventLoop(selector: selector, clock: clock, name: "manual")
    }

    /// Takes a millisecond, and has as much to do again if it repeats.
    private final class Busy: LoopTask, EventHandler, @unchecked Sendable {
        // Unchecked: run on the loop only.
        private let number: Int
        private let test: CrowdedLoopTests
        private let repeats: Bool

        init(_ number: Int, _ test: CrowdedLoopTests, repeats: Bool = true) {
            (self.number, self.test, self.repeats) = (number, test, repeats)
            super.init()
        }

        override func run() {
            work()
            if repeats { test.loop.post(self) }
        }

        func handle(_ readiness: Readiness) { work() }

        private func work() {
            test.log.append(number)
            test.clock.advance(by: .milliseconds(1))
        }
    }

    @Test("tasks that never end leave each other, events and timers their turn")
    func tasks() throws {
        let tasks = (0..<100).map { Busy($0, self) }
        for task in tasks { loop.post(task) }
        let handler = Busy(1000, self)
        let registration = try loop.register(7, handler: handler)
        loop.runOnce(maxWait: .zero)
        #expect(loop.isCrowded)
        _ = loop.schedule(at: clock.now + .milliseconds(10)) { [log] in log.append(2000) }
        selector.report(registration.token, .readable)
        let start = clock.now
        while !log.entries.contains(1000) { loop.runOnce(maxWait: .zero) }
        #expect(clock.now - start <= .milliseconds(20))
        while !log.entries.contains(2000) { loop.runOnce(maxWait: .zero) }
        #expect(clock.now - start <= .milliseconds(30))
        while log.entries.count < 1000 { loop.runOnce(maxWait: .zero) }
        // In turn, each as often as the others.
        let runs = log.entries.filter { $0 < 1000 }
        for (index, run) in runs.enumerated() { #expect(run == index % 100) }
    }

    @Test("events for which there was no time come first in the next turn")
    func events() throws {
        let registrations = try (0..<100).map {
            try loop.register(Int32($0 + 10), handler: Busy($0, self))
        }
        for registration in registrations { selector.report(registration.token, .readable) }
        _ = loop.schedule(at: clock.now + .milliseconds(10)) { [log] in log.append(2000) }
        loop.runOnce(maxWait: .zero)
        #expect(loop.isCrowded && log.entries.count < 20)
        // One that ends before its turn is not told.
        loop.deregister(registrations[50])
        let waits = selector.state.withLock { $0.waits.count }
        while log.entries.count < 100 { loop.runOnce(maxWait: .zero) }
        #expect(selector.state.withLock { $0.waits.count } == waits)
        let told = log.entries.filter { $0 < 1000 }
        #expect(told == Array(0..<50) + Array(51..<100))
        #expect(try #require(log.entries.firstIndex(of: 2000)) < 30)
        loop.runOnce(maxWait: .zero)
        #expect(!loop.isCrowded)
    }

    @Test("what is left when a loop ends is run")
    func ending() throws {
        let tasks = (0..<100).map { Busy($0, self, repeats: false) }
        for task in tasks { loop.post(task) }
        loop.stop()
        let others = (100..<110).map { Busy($0, self, repeats: false) }
        for task in others { loop.post(task) }
        try loop.start()
        loop.join()
        #expect(log.entries == Array(0..<110))
    }
}
