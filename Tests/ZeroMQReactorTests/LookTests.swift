import Synchronization
import Testing

@testable import ZeroMQReactor

@Suite("Looking before sleeping")
struct LookTests {
    private let long: Int64 = 10_000_000_000

    @Test("a token that comes while a thread looks is taken without a sleep")
    func found() throws {
        let (parker, other) = (ThreadParker(), ThreadParker())
        let thread = try SystemThread.start(name: "poster") {
            guard other.park(until: patience) else { return }
            parker.unpark()
        }
        other.unpark()
        let (isWoken, outcome) = parker.wait(until: patience, .init(look: long))
        #expect(isWoken && outcome == .found)
        #expect(thread.join(until: patience))
        #expect(!parker.park(until: SystemClock().now))
    }

    @Test("a look ends at the deadline, or when its time is over")
    func ends() throws {
        let parker = ThreadParker()
        let start = SystemClock().now
        let late = parker.wait(until: start + .milliseconds(20), .init(look: long))
        #expect(!late.isWoken && late.outcome == .slept)
        #expect(SystemClock().now < start + .seconds(9))
        let short = SystemClock().now + .milliseconds(20)
        let over = parker.wait(until: short, .init(rest: 1000, look: 1000))
        #expect(!over.isWoken && over.outcome == .slept)
        #expect(SystemClock().now >= short)
    }

    @Test("no token is lost between looking and sleeping", arguments: [false, true])
    func pingPong(drives: Bool) throws {
        let loop = EventLoop(
            selector: try EpollSelector(),
            clock: SystemClock(),
            name: "looks",
            mayHaveGuests: true
        )
        try loop.start()
        defer {
            loop.stop()
            loop.join()
        }
        let rounds = 2000
        let ping = ThreadParker(loop: drives ? loop : nil)
        let pong = ThreadParker(loop: drives ? loop : nil)
        let counter = UnsafeCounter()
        let thread = try SystemThread.start(name: "ping-pong") {
            for round in 0..<rounds {
                guard ping.wait(until: patience, LookTests.plan(round)).isWoken else { return }
                counter.value += 1
                pong.unpark()
            }
        }
        for round in 0..<rounds {
            counter.value += 1
            ping.unpark()
            try #require(pong.wait(until: patience, LookTests.plan(round * 7)).isWoken)
        }
        #expect(thread.join(until: patience))
        #expect(counter.value == 2 * rounds)
    }

    private static func plan(_ round: Int) -> SpinGovernor.Plan {
        SpinGovernor.Plan(
            rest: round % 16 == 0 ? 2000 : 0,
            look: [0, 500, 2000, 10_000][round % 4]
        )
    }

    @Test("a caller that drives the loop and looks is told of tasks without a system call")
    func driving() throws {
        let selector = CountingSelector(try EpollSelector())
        let loop = EventLoop(
            selector: selector,
            clock: SystemClock(),
            name: "looks",
            mayHaveGuests: true
        )
        // Its own thread is not started: it would drive in the caller's place.
        let (deadline, me) = (patience, SystemThread.currentIdentity)
        while true {
            try #require(SystemClock().now < deadline)
            let (parker, poster) = (ThreadParker(loop: loop), ThreadParker())
            let places = Shared<[UInt]>([])
            let wakes = Shared(0)
            let thread = try SystemThread.start(name: "poster") {
                guard poster.park(until: patience) else { return }
                loop.execute {
                    places.update { $0.append(SystemThread.currentIdentity) }
                    wakes.update { $0 += selector.wakes.load(ordering: .relaxed) }
                    parker.unpark()
                }
            }
            // Runs in the caller's first turn. The poster posts after it.
            loop.execute {
                places.update { $0.append(SystemThread.currentIdentity) }
                wakes.update { $0 -= selector.wakes.load(ordering: .relaxed) }
                poster.unpark()
            }
            let (isWoken, outcome) = parker.wait(until: patience, .init(look: long))
            #expect(thread.join(until: patience))
            try #require(isWoken)
            guard places.value == [me, me], outcome == .found else { continue }
            #expect(wakes.value == 0)
            return
        }
    }
}

/// A selector that counts how often it is woken.
private final class CountingSelector: Selector {
    let wakes = Atomic<Int>(0)
    private let inner: EpollSelector

    init(_ inner: EpollSelector) { self.inner = inner }

    func add(_ descriptor: Int32, token: UInt64) throws(SystemError) {
        try inner.add(descriptor, token: token)
    }

    func remind(of descriptor: Int32, token: UInt64) {
        inner.remind(of: descriptor, token: token)
    }

    func remove(_ descriptor: Int32) { inner.remove(descriptor) }

    func wait(nanoseconds: Int64?, into events: inout [ReadyEvent]) {
        inner.wait(nanoseconds: nanoseconds, into: &events)
    }

    func wake() {
        wakes.wrappingAdd(1, ordering: .relaxed)
        inner.wake()
    }

    func setAlarm(after delay: Duration) { inner.setAlarm(after: delay) }
}
