import Synchronization
import Testing

@testable import ZeroMQReactor

@Suite("Thread parker", .tags(.threads))
struct ThreadParkerTests {
    @Test("a token handed over before parking is kept")
    func early() {
        let parker = ThreadParker()
        parker.unpark()
        #expect(parker.park(until: patience))
    }

    @Test("several tokens in a row count as one")
    func single() {
        let parker = ThreadParker()
        parker.unpark()
        parker.unpark()
        #expect(parker.park(until: patience))
        #expect(!parker.park(until: SystemClock().now))
    }

    @Test("parking without a token ends at the deadline and not before")
    func deadline() {
        let parker = ThreadParker()
        let deadline = SystemClock().now + .milliseconds(20)
        #expect(!parker.park(until: deadline))
        #expect(SystemClock().now >= deadline)
    }

    @Test("a deadline that has passed still takes a token that is there")
    func passed() {
        let parker = ThreadParker()
        parker.unpark()
        #expect(parker.park(until: Instant(nanoseconds: 0)))
        #expect(!parker.park(until: Instant(nanoseconds: -1)))
    }

    @Test("two threads hand a counter back and forth without losing a wake-up")
    func pingPong() throws {
        let rounds = 5000
        let ping = ThreadParker()
        let pong = ThreadParker()
        let counter = UnsafeCounter()
        let thread = try SystemThread.start(name: "ping-pong") {
            for _ in 0..<rounds {
                guard ping.park(until: patience) else { return }
                counter.value += 1
                pong.unpark()
            }
        }
        for _ in 0..<rounds {
            counter.value += 1
            ping.unpark()
            try #require(pong.park(until: patience))
        }
        #expect(thread.join(until: patience))
        #expect(counter.value == 2 * rounds)
    }

    @Test("a thread can be waited for by several others, with and without a deadline")
    func join() throws {
        let gate = ThreadParker()
        let thread = try SystemThread.start(name: "a name longer than fifteen") {
            _ = gate.park(until: patience)
        }
        #expect(!thread.join(until: SystemClock().now + .milliseconds(1)))
        let others = try (0..<3).map { _ in
            try SystemThread.start(name: "joiner") { thread.join() }
        }
        gate.unpark()
        for other in others {
            #expect(other.join(until: patience))
        }
        #expect(thread.join())
    }
}

/// A plain counter: the thread sanitizer sees at once when a hand-over orders nothing.
final class UnsafeCounter: @unchecked Sendable {
    // Unchecked on purpose: the parker under test has to order the accesses.
    var value = 0
}

@Suite("Asymmetric fence", .tags(.threads))
struct AsymmetricFenceTests {
    @Test("the fences can be called, and the process has one kind of them")
    func call() {
        let fence = AsymmetricFence.current
        fence.light()
        fence.heavy()
        AsymmetricFence.symmetric.heavy()
        #expect(fence.isAsymmetric == AsymmetricFence.current.isAsymmetric)
    }

    @Test("publish and look against say-asleep and look: one side sees the other")
    func dekker() throws {
        let rounds = 20_000
        let game = DekkerGame(fence: .current)
        let thread = try SystemThread.start(name: "busy") {
            for round in 1...UInt(rounds) {
                while game.round.load(ordering: .acquiring) != round {}
                game.published.store(round, ordering: .relaxed)
                game.fence.light()
                let sawSleeper = game.asleep.load(ordering: .relaxed) == round
                game.answer.store(round << 1 | (sawSleeper ? 1 : 0), ordering: .releasing)
            }
        }
        var lost = 0
        for round in 1...UInt(rounds) {
            game.round.store(round, ordering: .releasing)
            game.asleep.store(round, ordering: .relaxed)
            game.fence.heavy()
            let sawWork = game.published.load(ordering: .relaxed) == round
            while game.answer.load(ordering: .acquiring) >> 1 != round {}
            if !sawWork, game.answer.load(ordering: .relaxed) & 1 == 0 { lost += 1 }
        }
        #expect(thread.join(until: patience))
        #expect(lost == 0)
    }
}

/// The words of the two sides.
private final class DekkerGame: Sendable {
    let fence: AsymmetricFence
    let round = Atomic<UInt>(0)
    let published = Atomic<UInt>(0)
    let asleep = Atomic<UInt>(0)
    let answer = Atomic<UInt>(0)

    init(fence: AsymmetricFence) {
        self.fence = fence
    }
}

@Suite("Locked value", .tags(.threads))
struct LockedTests {
    @Test("increments of several threads are all counted")
    func counting() throws {
        let counter = Locked(0)
        let threads = try (0..<4).map { _ in
            try SystemThread.start(name: "counter") {
                for _ in 0..<20_000 {
                    counter.withLock { $0 += 1 }
                }
            }
        }
        for thread in threads {
            #expect(thread.join(until: patience))
        }
        #expect(counter.withLock { $0 } == 80_000)
    }
}
