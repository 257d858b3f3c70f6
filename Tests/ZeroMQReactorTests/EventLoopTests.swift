import Synchronization
import Testing

@testable import ZeroMQReactor

@Suite("Event loop, driven by hand")
struct EventLoopTurnTests {
    let selector = ScriptedSelector()
    let clock = ManualClock()
    let loop: EventLoop

    init() {
        loop = EventLoop(selector: selector, clock: clock, name: "manual")
    }

    @Test("posted tasks run in order, each once, however often they were posted before")
    func order() {
        let log = Log()
        let tasks = (0..<5).map { LogTask($0, log) }
        for task in tasks + tasks {
            loop.post(task)
        }
        loop.runOnce(maxWait: .zero)
        loop.runOnce(maxWait: .zero)
        #expect(log.entries == [0, 1, 2, 3, 4])
    }

    @Test("a task that posts itself runs again in the next turn, after the descriptors were polled")
    func again() throws {
        let log = Log()
        let task = RepeatingTask(log, times: 3, loop: loop)
        loop.post(task)
        for turn in 1...5 {
            loop.runOnce()
            #expect(log.entries.count == min(turn, 3))
            let lastWait = try #require(selector.lastWait)
            #expect(turn < 3 ? lastWait == 0 : lastWait == nil)
        }
    }

    @Test("a loop that is awake is not woken, one that sleeps is woken once")
    func wake() {
        let log = Log()
        loop.runOnce(maxWait: .zero)
        loop.post(LogTask(0, log))
        #expect(selector.state.withLock { $0.wakeCount } == 0)
        #expect(loop.mailbox.take().count { _ in true } == 1)
        #expect(loop.mailbox.fallAsleep())
        loop.post(LogTask(1, log))
        loop.post(LogTask(2, log))
        #expect(selector.state.withLock { $0.wakeCount } == 1)
        #expect(!loop.mailbox.fallAsleep())
        loop.runOnce(maxWait: .zero)
        #expect(log.entries == [1, 2])
    }

    @Test("timers fire by the injected clock and decide how long the loop sleeps")
    func timers() throws {
        let log = Log()
        _ = loop.schedule(at: clock.now + .milliseconds(5)) { log.append(5) }
        let cancelled = loop.schedule(at: clock.now + .milliseconds(1)) { log.append(1) }
        loop.cancel(cancelled)
        loop.runOnce()
        #expect(selector.lastWait == .some(.some(5_000_000)))
        loop.runOnce(maxWait: .milliseconds(2))
        #expect(selector.lastWait == .some(.some(2_000_000)))
        #expect(log.entries == [])
        clock.advance(by: .milliseconds(5))
        loop.runOnce()
        #expect(selector.lastWait == .some(.some(0)))
        #expect(log.entries == [5])
        loop.runOnce()
        #expect(selector.lastWait == .some(.none))
    }

    @Test("a timer that schedules another for now does not keep the turn from ending")
    func timerChain() {
        let chain = TimerChain(loop: loop)
        chain.arm()
        loop.runOnce()
        #expect(chain.count == 1)
        loop.runOnce()
        #expect(chain.count == 2)
    }

    @Test("an event for a recycled registration reaches nobody")
    func stale() throws {
        let log = Log()
        let first = try loop.register(7, handler: ClosureHandler { _ in log.append(1) })
        loop.deregister(first)
        let second = try loop.register(7, handler: ClosureHandler { _ in log.append(2) })
        #expect(first != second)
        #expect(UInt32(truncatingIfNeeded: first.token) == UInt32(truncatingIfNeeded: second.token))
        selector.report(first.token, .readable)
        loop.runOnce()
        #expect(log.entries == [])
        selector.report(second.token, .readable)
        loop.runOnce()
        #expect(log.entries == [2])
        loop.deregister(first)
        #expect(loop.registrationCount == 1)
    }

    @Test("a handler that removes another keeps events of the same batch from it")
    func sameBatch() throws {
        let log = Log()
        let victim = try loop.register(8, handler: ClosureHandler { _ in log.append(8) })
        let loop = loop
        let killer = try loop.register(
            9,
            handler: ClosureHandler { _ in loop.deregister(victim) }
        )
        selector.report(killer.token, .readable)
        selector.report(victim.token, .readable)
        loop.runOnce()
        #expect(log.entries == [])
        #expect(selector.state.withLock { $0.added[8] } == nil)
    }

    @Test("a refused registration leaves nothing behind")
    func refused() {
        selector.state.withLock { $0.refusal = SystemError(errno: 28) }
        #expect(throws: SystemError(errno: 28)) {
            _ = try loop.register(7, handler: ClosureHandler { _ in })
        }
        #expect(loop.registrationCount == 0)
    }
}

@Suite("Event loop, on its thread", .tags(.threads))
struct EventLoopThreadTests {
    @Test("no task is lost when several threads post and the loop falls asleep in between")
    func mailbox() throws {
        let loop = try startedLoop()
        let posters = 4
        let rounds = 2000
        let counter = Shared(0)
        try withExtendedLifetime(counter) {
            let threads = try (0..<posters).map { _ in
                try SystemThread.start(name: "poster") {
                    let answered = ThreadParker()
                    for _ in 0..<rounds {
                        loop.execute {
                            counter.update { $0 += 1 }
                            answered.unpark()
                        }
                        guard answered.park(until: patience) else { return }
                    }
                }
            }
            for thread in threads {
                #expect(thread.join(until: patience))
            }
        }
        #expect(counter.value == posters * rounds)
        loop.stop()
        loop.join()
    }

    @Test("one task posted by several threads runs after every post")
    func shared() throws {
        let loop = try startedLoop()
        let task = SnapshotTask()
        let threads = try (0..<3).map { _ in
            try SystemThread.start(name: "poster") {
                for _ in 0..<20_000 {
                    task.published.wrappingAdd(1, ordering: .relaxed)
                    loop.post(task)
                }
            }
        }
        for thread in threads {
            #expect(thread.join(until: patience))
        }
        // Whatever is queued now runs before this does.
        let seen = try loop.perform { task.seen }
        #expect(seen == 60_000)
        loop.stop()
        loop.join()
    }

    @Test("a sleeping loop wakes for a task and for a timer")
    func sleeping() throws {
        let loop = try startedLoop()
        let parker = ThreadParker()
        let onLoop = try loop.perform {
            _ = loop.schedule(at: loop.now + .milliseconds(5)) { parker.unpark() }
            return loop.isOnLoop
        }
        #expect(onLoop)
        #expect(!loop.isOnLoop)
        #expect(parker.park(until: patience))
        loop.stop()
        loop.join()
    }

    @Test("after the end, posts are refused and what was posted before has run")
    func end() throws {
        let loop = try startedLoop()
        let log = Log()
        for index in 0..<100 {
            loop.post(LogTask(index, log))
        }
        loop.stop()
        loop.stop()
        loop.join()
        loop.join()
        #expect(log.entries == Array(0..<100))
        #expect(!loop.execute {})
    }

    @Test("a loop that never ran lets go of its tasks")
    func release() {
        weak var task: LoopTask?
        do {
            let loop = EventLoop(selector: ScriptedSelector(), clock: ManualClock(), name: "idle")
            let posted = LoopTask()
            task = posted
            loop.post(posted)
        }
        #expect(task == nil)
    }
}

/// Numbers in the order in which they were written down.
final class Log: Sendable {
    private let storage = Shared<[Int]>([])

    var entries: [Int] { storage.value }

    func append(_ entry: Int) {
        storage.update { $0.append(entry) }
    }
}

private final class LogTask: LoopTask, @unchecked Sendable {
    // Unchecked: constant state only.
    private let number: Int
    private let log: Log

    init(_ number: Int, _ log: Log) {
        self.number = number
        self.log = log
        super.init()
    }

    override func run() {
        log.append(number)
    }
}

private final class RepeatingTask: LoopTask, @unchecked Sendable {
    // Unchecked: run on the loop only.
    private let log: Log
    private var remaining: Int
    private unowned let loop: EventLoop

    init(_ log: Log, times: Int, loop: EventLoop) {
        self.log = log
        remaining = times
        self.loop = loop
        super.init()
    }

    override func run() {
        log.append(remaining)
        remaining -= 1
        if remaining > 0 { loop.makeReady(self) }
    }
}

/// A task that remembers what had been published when it ran.
private final class SnapshotTask: LoopTask, @unchecked Sendable {
    // Unchecked: `seen` is touched on the loop only.
    let published = Atomic<Int>(0)
    var seen = 0

    override func run() {
        seen = published.load(ordering: .relaxed)
    }
}

/// A timer that arms itself anew for the present instant.
private final class TimerChain {
    private unowned let loop: EventLoop
    private(set) var count = 0

    init(loop: EventLoop) {
        self.loop = loop
    }

    func arm() {
        _ = loop.schedule(at: loop.now) {
            self.count += 1
            self.arm()
        }
    }
}
