import Testing

@testable import ZeroMQReactor

@Suite("Tasks that run again in a moment")
struct RevisitTests {
    let selector = ScriptedSelector()
    let clock = ManualClock()
    let loop: EventLoop
    let runs = Shared(0)

    /// Counts how often it runs.
    private final class Counting: LoopTask, @unchecked Sendable {
        // Sendable because it has nothing but a value with a lock.
        let runs: Shared<Int>
        init(_ runs: Shared<Int>) { self.runs = runs }
        override func run() { runs.update { $0 += 1 } }
    }

    init() {
        loop = EventLoop(selector: selector, clock: clock, name: "manual")
        loop.runOnce()
        loop.revisit(Counting(runs))
    }

    private var alarm: Duration? { selector.state.withLock { $0.alarm } }

    /// Lets time pass, and the loop see what has become due.
    private func pass(_ duration: Duration) {
        clock.advance(by: duration)
        loop.runOnce()
    }

    @Test("they run when the alarm rings, and not before")
    func delay() {
        #expect(alarm == .microseconds(60))
        pass(.microseconds(59))
        #expect(runs.value == 0)
        pass(.microseconds(1))
        #expect(runs.value == 1)
        pass(.seconds(1))
        #expect(runs.value == 1)
    }

    @Test("who has done their work puts them off, and the old alarm rings for nothing")
    func putOff() {
        clock.advance(by: .microseconds(50))
        loop.putOffRevisits()
        #expect(alarm == .microseconds(200))
        pass(.microseconds(10))
        #expect(runs.value == 0)
        // Who looked at the clock may have been late to set the alarm: the loop sets it again.
        #expect(alarm == .microseconds(190))
        pass(.microseconds(190))
        #expect(runs.value == 1)
    }

    @Test("those that are far enough off cost no alarm")
    func farOff() {
        loop.putOffRevisits()
        clock.advance(by: .microseconds(90))
        selector.state.withLock { $0.alarm = nil }
        loop.putOffRevisits()
        #expect(alarm == nil)
    }

    @Test("a millisecond is the longest they can be put off")
    func limit() {
        for _ in 0..<100 {
            loop.putOffRevisits()
            pass(.microseconds(10))
        }
        #expect(runs.value == 1)
    }

    @Test("where nothing waits nothing is put off")
    func nothing() {
        pass(.microseconds(60))
        selector.state.withLock { $0.alarm = nil }
        loop.putOffRevisits()
        #expect(alarm == nil)
    }
}
