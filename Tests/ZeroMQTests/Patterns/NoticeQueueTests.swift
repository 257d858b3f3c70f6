import Testing

@testable import ZeroMQ

@Suite("Notices of subscriptions")
struct NoticeQueueTests {
    private func notice(_ topic: String, _ isSubscribe: Bool, isEdge: Bool = true)
        -> NoticeQueue.Notice
    {
        NoticeQueue.Notice(topic: Frame(topic), isSubscribe: isSubscribe, isFirstOrLast: isEdge)
    }

    private func drain(_ queue: inout NoticeQueue) -> [String] {
        var texts: [String] = []
        while let notice = queue.popFirst() {
            texts.append((notice.isSubscribe ? "+" : "-") + String(notice.topic))
        }
        return texts
    }

    @Test("a short queue tells everything in order")
    func short() {
        var queue = NoticeQueue(longest: 10)
        for isSubscribe in [true, false, true, false] { queue.append(notice("A", isSubscribe)) }
        queue.append(notice("B", true, isEdge: false))
        #expect(queue.count == 5)
        #expect(drain(&queue) == ["+A", "-A", "+A", "-A", "+B"])
        #expect(queue.isEmpty)
    }

    @Test("in a long queue a cancellation meets its subscription, and neither is told")
    func long() {
        var queue = NoticeQueue(longest: 2)
        queue.append(notice("told", false))
        queue.append(notice("A", true))
        for round in 0..<100_000 { queue.append(notice("B\(round / 2)", round % 2 == 0)) }
        #expect(queue.count == 2)
        queue.append(notice("A", false))
        queue.append(notice("C", true, isEdge: false))
        queue.append(notice("C", true, isEdge: false))
        queue.append(notice("D", true))
        queue.append(notice("D", true, isEdge: false))
        #expect(drain(&queue) == ["-told", "+C", "+D"])
    }

    @Test("what an application learns in the end is right, however late it reads")
    func state() {
        var dice = SeededGenerator(seed: 5)
        var queue = NoticeQueue(longest: 8)
        var live: Set<String> = []
        var told: Set<String> = []
        for _ in 0..<20_000 {
            let topic = String(Int.random(in: 0..<30, using: &dice))
            if live.contains(topic) {
                let isEdge = Bool.random(using: &dice)
                queue.append(notice(topic, !isEdge, isEdge: isEdge))
                if isEdge { live.remove(topic) }
            } else {
                live.insert(topic)
                queue.append(notice(topic, true))
            }
            #expect(queue.count <= 8 + 30)
            if Int.random(in: 0..<4, using: &dice) == 0, let next = queue.popFirst() {
                let name = String(next.topic)
                if next.isSubscribe { told.insert(name) } else { told.remove(name) }
            }
        }
        for text in drain(&queue) {
            let name = String(text.dropFirst())
            if text.hasPrefix("+") { told.insert(name) } else { told.remove(name) }
        }
        #expect(told == live)
    }

    private func notice(
        _ topic: String,
        _ isSubscribe: Bool,
        of peer: UInt64,
        _ scope: NoticeQueue.Scope,
        isFarewell: Bool = false
    ) -> NoticeQueue.Notice {
        NoticeQueue.Notice(
            topic: Frame(topic),
            isSubscribe: isSubscribe,
            isFirstOrLast: true,
            scope: scope,
            precedingMessages: isFarewell ? .max : 0,
            peerNumber: peer
        )
    }

    @Test("where every peer counts, a long queue settles each peer's topics by themselves")
    func peers() {
        var queue = NoticeQueue(longest: 2)
        for peer in 1...3 { queue.append(notice("A", true, of: UInt64(peer), .peer)) }
        queue.append(notice("A", false, of: 2, .peer))
        queue.append(notice("A", false, of: 3, .peer))
        #expect(drain(&queue) == ["+A"])
    }

    @Test("peers that come and go leave no more than the cancellations of what was told")
    func visitors() {
        var queue = NoticeQueue(longest: 10)
        for topic in ["told", "taken back"] { queue.append(notice(topic, true, of: 1, .grant)) }
        #expect(queue.popFirst() != nil && queue.popFirst() != nil)
        queue.append(notice("taken back", false, of: 1, .grant))
        queue.append(notice("taken back", true, of: 1, .grant))
        queue.append(notice("taken back", false, of: 1, .grant))
        queue.append(notice("told", false, of: 1, .grant, isFarewell: true))
        queue.peerLeft(1, unread: 4)
        for peer in 2..<10_000 {
            for isSubscribe in [true, false, true] {
                queue.append(notice("A", isSubscribe, of: UInt64(peer), .grant))
            }
            queue.append(notice("A", false, of: UInt64(peer), .grant, isFarewell: true))
            queue.peerLeft(UInt64(peer), unread: 4)
            #expect(queue.count < 100)
        }
        let told = drain(&queue)
        #expect(told.filter { $0 != "+A" && $0 != "-A" } == ["-taken back", "-told"])
    }
}
