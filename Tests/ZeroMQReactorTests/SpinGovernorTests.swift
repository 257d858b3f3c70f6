import Testing

@testable import ZeroMQReactor

/// One end of a conversation whose time is counted, not measured.
private struct End {
    var governor = SpinGovernor(.adaptive)
    var now: Int64 = 0
    /// Processor time spent on waiting.
    var looked: Int64 = 0
    var sleeps = 0

    /// Waits for something that comes at an instant. A thread that sleeps needs `wakeUp` more.
    mutating func wait(for arrival: Int64, wakeUp: Int64, messages: Int = 1) {
        let plan = governor.plan(after: messages, isAlone: true, now: now)
        let begin = now + plan.rest
        if plan.look > 0, arrival <= begin + plan.look {
            governor.note(.found)
            looked += max(arrival, begin) - now
            now = max(arrival, begin)
        } else {
            governor.note(.slept)
            looked += plan.rest + plan.look
            sleeps += 1
            now = max(arrival, begin + plan.look) + wakeUp
        }
    }
}

@Suite("When a thread looks before it sleeps")
struct SpinGovernorTests {
    /// Two ends that answer each other; each message is `crossing` under way.
    private func converse(
        _ asker: inout End,
        _ answerer: inout End,
        rounds: Int,
        crossing: Int64,
        wakeUp: Int64 = 25_000
    ) {
        for _ in 0..<rounds {
            asker.now += 500
            answerer.wait(for: asker.now + crossing, wakeUp: wakeUp)
            answerer.now += 500
            asker.wait(for: answerer.now + crossing, wakeUp: wakeUp)
        }
    }

    @Test("two ends that answer each other cease to sleep", arguments: [200, 5000] as [Int64])
    func conversation(crossing: Int64) {
        var (asker, answerer) = (End(), End())
        converse(&asker, &answerer, rounds: 40, crossing: crossing)
        #expect(asker.governor.state == .hot && answerer.governor.state == .hot)
        let sleeps = (asker.sleeps, answerer.sleeps)
        converse(&asker, &answerer, rounds: 10_000, crossing: crossing)
        #expect(asker.sleeps - sleeps.0 <= 2 && answerer.sleeps - sleeps.1 <= 2)
    }

    @Test("ends whose trials did not coincide find each other")
    func apart() {
        var (asker, answerer) = (End(), End())
        answerer.governor = SpinGovernor(.adaptive, seed: 7)
        // One end has talked to somebody who took too long for looking to pay.
        for _ in 0..<5000 {
            asker.wait(for: asker.now + 60_000, wakeUp: 20_000)
        }
        answerer.now = asker.now
        converse(&asker, &answerer, rounds: 100_000, crossing: 200)
        #expect(asker.governor.state == .hot && answerer.governor.state == .hot)
    }

    @Test(
        "messages at a pace of their own do not cost more",
        arguments: [10, 20, 30, 50, 80, 100, 150, 300, 1000, 10_000, 1_000_000] as [Int64]
    )
    func pace(microseconds: Int64) {
        var receiver = End()
        let (spacing, count) = (microseconds * 1000, 50_000)
        var taken = 0
        while taken < count {
            // Those that have come while the last one was received need no wait.
            let present = max(1, Int(receiver.now / spacing) - taken)
            taken += present
            receiver.now += 300 * Int64(present)
            receiver.wait(for: Int64(taken + 1) * spacing, wakeUp: 20_000, messages: present)
        }
        #expect(receiver.looked / Int64(count) < (microseconds < 400 ? 1600 : 1))
    }

    @Test("a conversation that pauses stops looking, and begins again when it goes on")
    func pauses() {
        var (asker, answerer) = (End(), End())
        converse(&asker, &answerer, rounds: 200, crossing: 200)
        let looked = asker.looked
        for _ in 0..<100 { asker.wait(for: asker.now + 1_000_000, wakeUp: 20_000) }
        #expect(asker.governor.state == .cold)
        #expect(asker.looked - looked < 3 * SpinGovernor.longestLook)
        answerer.wait(for: asker.now, wakeUp: 20_000)
        converse(&asker, &answerer, rounds: 5000, crossing: 200)
        #expect(asker.governor.state == .hot && answerer.governor.state == .hot)
    }

    @Test("crowds of messages are slept for, also by a caller at their heels")
    func crowds() {
        var receiver = End()
        for _ in 0..<1000 {
            receiver.wait(for: receiver.now + 5000, wakeUp: 20_000, messages: SpinGovernor.crowd)
        }
        #expect(receiver.looked == 0)
        // It has become hot in a conversation. Now a message comes every 100 ns.
        var answerer = End()
        converse(&receiver, &answerer, rounds: 100, crossing: 200)
        #expect(receiver.governor.state == .hot)
        var (waits, messages) = (0, 1)
        while receiver.governor.state == .hot, waits < 10_000 {
            let before = receiver.now
            receiver.wait(for: receiver.now + 100, wakeUp: 20_000, messages: messages)
            messages = max(1, Int((receiver.now - before) / 100))
            waits += 1
        }
        #expect(receiver.governor.state == .cold)
        #expect(waits < 1000)
    }

    @Test("a thread that loses its processor while it looks, looks no more for long")
    func interruptions() {
        var (asker, answerer) = (End(), End())
        converse(&asker, &answerer, rounds: 100, crossing: 200)
        #expect(asker.governor.state == .hot)
        _ = asker.governor.plan(after: 1, isAlone: true, now: asker.now)
        asker.governor.note(.interrupted)
        var looks = 0
        for _ in 0..<SpinGovernor.crowdedPatience / 2 {
            asker.now += 40_000
            let plan = asker.governor.plan(after: 1, isAlone: true, now: asker.now)
            asker.governor.note(.slept)
            if plan.look > 0 { looks += 1 }
        }
        #expect(asker.governor.state == .cold && looks == 0)
    }

    @Test("one of several waiters sleeps at once, and each look has a limit")
    func limits() {
        var (asker, answerer) = (End(), End())
        for _ in 0..<10_000 {
            converse(&asker, &answerer, rounds: 1, crossing: 200)
            let plan = asker.governor.plan(after: 1, isAlone: false, now: asker.now)
            #expect(plan == .sleep)
        }
        var last = End()
        for step in 0..<10_000 as Range<Int64> {
            let plan = last.governor.plan(after: 1, isAlone: true, now: last.now)
            #expect(plan.look <= SpinGovernor.longestLook && plan.rest <= SpinGovernor.restTime)
            last.governor.note(.found)
            last.now += step * 7919 % 200_000
        }
    }

    @Test("a caller that wants to look always or never is obeyed")
    func modes() {
        var (never, always) = (SpinGovernor(.never), SpinGovernor(.always(5000)))
        for step in 0..<100 as Range<Int64> {
            #expect(never.plan(after: 1, isAlone: true, now: step * 1000) == .sleep)
            #expect(always.plan(after: 99, isAlone: false, now: step * 1000).look == 5000)
            never.note(.slept)
            always.note(.slept)
        }
    }
}

@Suite("The processors that a process may use")
struct ProcessorTests {
    @Test("there is at least one, and never more than the system has")
    func count() {
        #expect(Processors.count >= 1)
    }

    @Test("the smallest quota of a control group and of those around it counts")
    func quotas() {
        let files = ["/a/b": "max 100000\n", "/a": "150000 100000\n", "": "400000 100000\n"]
        let group = "4:memory:/other\n0::/a/b\n"
        #expect(Processors.quota(group: group, file: { files[$0] }) == 1)
        #expect(Processors.quota(group: "0::/\n", file: { files[$0] }) == 4)
        #expect(Processors.quota(group: "0::/a/b/c\n", file: { files[$0] }) == 1)
        #expect(Processors.quota(group: "0::/x\n", file: { _ in nil }) == nil)
        #expect(Processors.quota(group: nil, file: { files[$0] }) == nil)
        #expect(Processors.quota(group: "1:cpu:/a\n", file: { files[$0] }) == nil)
        #expect(Processors.quota(group: "0::/a\n", file: { _ in "x y z" }) == nil)
    }
}
