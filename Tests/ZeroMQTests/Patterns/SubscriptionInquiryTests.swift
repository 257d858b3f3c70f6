import Testing

@testable import ZeroMQ

@Suite("Questions to publishers among changes of subscription")
struct SubscriptionInquiryTests {
    private func connected(longest: Int = 1000) -> SubscriptionChanges {
        var changes = SubscriptionChanges(longest: longest)
        changes.connect()
        changes.name([])
        return changes
    }

    private func change(_ topic: Int, _ isSubscribe: Bool = true) -> SubscriptionMessage {
        SubscriptionMessage(topic: Frame("\(topic)"), isSubscribe: isSubscribe)
    }

    @Test("without a connection nothing is asked")
    func disconnected() {
        var changes = SubscriptionChanges()
        changes.ask(1)
        #expect(changes.isEmpty && !changes.isAsking)
        changes.connect()
        changes.ask(2)
        #expect(changes.isEmpty)
        changes.name([])
        changes.ask(3)
        #expect(changes.isAsking && !changes.isEmpty)
        changes.disconnect()
        #expect(changes.isEmpty)
    }

    @Test(
        "a question goes out after the changes before it, however they are merged",
        arguments: 0..<50
    )
    func order(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var changes = connected(longest: 4)
        var wanted: Set<Int> = []
        var known: Set<Frame> = []
        /// What the peer has to know when it sees the last question; nil for topics changed since.
        var asked: (number: UInt64, topics: [Int: Bool])?
        for number in 1...2000 as ClosedRange<UInt64> {
            let topic = Int.random(in: 0..<12, using: &random)
            let isSubscribe = !wanted.contains(topic)
            changes.append(change(topic, isSubscribe), isRepetition: false)
            if isSubscribe { wanted.insert(topic) } else { wanted.remove(topic) }
            asked?.topics[topic] = nil
            if Int.random(in: 0..<6, using: &random) == 0 {
                changes.ask(number)
                let topics = (0..<12).map { ($0, wanted.contains($0)) }
                asked = (number, Dictionary(uniqueKeysWithValues: topics))
            }
            guard Int.random(in: 0..<8, using: &random) == 0 else { continue }
            for message in changes.take(bytes: Int.random(in: 1..<200, using: &random)) {
                if message.isSubscribe {
                    known.insert(message.topic)
                } else {
                    known.remove(message.topic)
                }
            }
            guard let taken = changes.takeQuestion(messagesAreWritten: true, written: 0) else {
                continue
            }
            #expect(taken == asked?.number)
            for (topic, isKnown) in asked?.topics ?? [:] {
                #expect(known.contains(Frame("\(topic)")) == isKnown)
            }
            asked = nil
        }
    }

    @Test("a question behind messages waits for those, and for no later ones")
    func messages() {
        var changes = connected()
        changes.append(change(1), isRepetition: false)
        changes.ask(1)
        #expect(changes.takeQuestion(messagesAreWritten: true, written: 0) == nil)
        #expect(changes.takeForStream(after: 10).count == 1)
        // Taken, and not published yet: the stream is empty.
        #expect(changes.takeQuestion(messagesAreWritten: true, written: 10) == nil)
        #expect(changes.takeQuestion(messagesAreWritten: false, written: 10) == nil)
        #expect(changes.takeForStream(after: 20).isEmpty)
        #expect(changes.takeQuestion(messagesAreWritten: false, written: 11) == 1)
        #expect(changes.isEmpty)
    }

    @Test("only the answer to the second asking counts, and only in its turn")
    func answers() {
        var inquiry = SubscriptionInquiry()
        func context(_ number: UInt64, _ isAgain: Bool) -> UInt64 {
            SubscriptionInquiry.context(number, isAgain: isAgain)
        }
        #expect(inquiry.openContext == nil)
        for odd in [0, 1, 2, 3, .max] as [UInt64] {
            #expect(inquiry.answered(odd, isExact: false) == nil)
        }
        inquiry.asked(5)
        #expect(inquiry.openContext == context(5, false))
        for odd in [0, 1, context(5, true), context(6, false), .max] {
            #expect(inquiry.answered(odd, isExact: false) == nil)
        }
        #expect(inquiry.answered(context(5, false), isExact: false) == .askAgain(context(5, true)))
        #expect(inquiry.answered(context(5, false), isExact: false) == nil)
        #expect(inquiry.openContext == context(5, true))
        inquiry.asked(7)
        #expect(inquiry.openContext == context(7, false))
        #expect(inquiry.answered(context(5, true), isExact: false) == .confirmed(5))
        #expect(inquiry.answered(context(5, true), isExact: false) == nil)
        #expect(inquiry.answered(context(7, false), isExact: false) == .askAgain(context(7, true)))
        #expect(inquiry.answered(context(7, true), isExact: false) == .confirmed(7))
        #expect(inquiry.openContext == nil)
        inquiry.asked(8)
        inquiry.settle()
        #expect(inquiry.openContext == nil)
    }

    @Test("one answer is enough from who answers after applying")
    func exact() {
        var inquiry = SubscriptionInquiry()
        inquiry.asked(5)
        #expect(inquiry.answered(6 << 1, isExact: true) == nil)
        #expect(inquiry.answered(5 << 1, isExact: true) == .confirmed(5))
        #expect(inquiry.answered(5 << 1, isExact: true) == nil)
        #expect(inquiry.openContext == nil)
    }

    @Test("many questions to a peer that is told nothing are one")
    func oneQuestion() {
        var changes = connected()
        changes.append(change(1), isRepetition: false)
        for number in 1...10_000 as ClosedRange<UInt64> { changes.ask(number) }
        #expect(changes.count == 1)
        #expect(changes.take(bytes: 1000).count == 1)
        #expect(changes.takeQuestion(messagesAreWritten: true, written: 0) == 10_000)
        #expect(changes.isEmpty)
    }
}
