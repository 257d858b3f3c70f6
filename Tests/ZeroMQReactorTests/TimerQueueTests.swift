import Testing

@testable import ZeroMQReactor

@Suite("Timer queue")
struct TimerQueueTests {
    private func drain(_ queue: inout TimerQueue<Int>, at nanoseconds: Int64) -> [Int] {
        var fired: [Int] = []
        let mark = queue.mark
        while let payload = queue.popExpired(at: Instant(nanoseconds: nanoseconds), before: mark) {
            fired.append(payload)
        }
        return fired
    }

    @Test("timers fire in the order of their deadlines, however they were scheduled")
    func order() {
        var queue = TimerQueue<Int>()
        var generator = SplitMix(state: 7)
        let deadlines = (0..<500).map { _ in Int64.random(in: 0..<200, using: &generator) }
        for (index, deadline) in deadlines.enumerated() {
            _ = queue.schedule(index, at: Instant(nanoseconds: deadline))
        }
        let expected = deadlines.indices.sorted { (deadlines[$0], $0) < (deadlines[$1], $1) }
        #expect(drain(&queue, at: 200) == expected)
        #expect(queue.nextDeadline() == nil)
    }

    @Test("only timers that are due fire")
    func due() {
        var queue = TimerQueue<Int>()
        _ = queue.schedule(1, at: Instant(nanoseconds: 10))
        _ = queue.schedule(2, at: Instant(nanoseconds: 11))
        #expect(drain(&queue, at: 9) == [])
        #expect(drain(&queue, at: 10) == [1])
        #expect(queue.nextDeadline() == Instant(nanoseconds: 11))
    }

    @Test("a cancelled timer does not fire and cannot be cancelled again")
    func cancel() {
        var queue = TimerQueue<Int>()
        let first = queue.schedule(1, at: Instant(nanoseconds: 1))
        _ = queue.schedule(2, at: Instant(nanoseconds: 2))
        #expect(queue.cancel(first) == 1)
        #expect(queue.cancel(first) == nil)
        #expect(queue.nextDeadline() == Instant(nanoseconds: 2))
        #expect(drain(&queue, at: 5) == [2])
    }

    @Test("cancelling for ever does not make the heap grow for ever")
    func garbage() {
        var queue = TimerQueue<Int>()
        for index in 0..<100 {
            _ = queue.schedule(index, at: Instant(nanoseconds: Int64(index)))
        }
        for _ in 0..<10_000 {
            let timer = queue.schedule(-1, at: Instant(nanoseconds: 50))
            queue.cancel(timer)
            #expect(queue.entryCount <= 2 * queue.count + 1)
        }
        #expect(drain(&queue, at: 1000) == Array(0..<100))
    }

    @Test("a timer scheduled while others fire waits for the next round")
    func mark() {
        var queue = TimerQueue<Int>()
        _ = queue.schedule(1, at: Instant(nanoseconds: 1))
        let mark = queue.mark
        #expect(queue.popExpired(at: Instant(nanoseconds: 5), before: mark) == 1)
        _ = queue.schedule(2, at: Instant(nanoseconds: 0))
        #expect(queue.popExpired(at: Instant(nanoseconds: 5), before: mark) == nil)
        #expect(drain(&queue, at: 5) == [2])
    }

    @Test("random scheduling, cancelling and firing agrees with a sorted list")
    func model() {
        var queue = TimerQueue<Int>()
        var model: [(deadline: Int64, timer: TimerID, payload: Int)] = []
        var generator = SplitMix(state: 42)
        for step in 0..<5000 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0, 1:
                let deadline = Int64(step) + Int64.random(in: 0..<100, using: &generator)
                let timer = queue.schedule(step, at: Instant(nanoseconds: deadline))
                model.append((deadline, timer, step))
            case 2 where !model.isEmpty:
                let victim = model.remove(at: Int.random(in: 0..<model.count, using: &generator))
                #expect(queue.cancel(victim.timer) == victim.payload)
            default:
                let due = model.filter { $0.deadline <= Int64(step) }
                model.removeAll { $0.deadline <= Int64(step) }
                let expected = due.sorted { ($0.deadline, $0.payload) < ($1.deadline, $1.payload) }
                #expect(drain(&queue, at: Int64(step)) == expected.map(\.payload))
            }
            #expect(queue.count == model.count)
        }
    }
}

/// A repeatable source of random numbers.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
