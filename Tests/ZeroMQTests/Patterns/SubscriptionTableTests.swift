import Testing
import ZeroMQProtocol

@testable import ZeroMQ

@Suite("Tables of subscriptions")
struct SubscriptionTableTests {
    /// What the table should do, as plainly as it can be said.
    struct Model {
        var pairs: Set<Pair> = []

        struct Pair: Hashable {
            let topic: [UInt8]
            let subscriber: Int
        }

        func isWanted(_ topic: [UInt8]) -> Bool { pairs.contains { $0.topic == topic } }

        func match(_ bytes: [UInt8]) -> Set<Int> {
            Set(pairs.filter { bytes.starts(with: $0.topic) }.map(\.subscriber))
        }
    }

    /// Few bytes and many repetitions, so that topics begin one another.
    private func topic(_ dice: inout SeededGenerator, longest: Int) -> [UInt8] {
        let count = Int.random(in: 0...longest, using: &dice)
        return (0..<count).map { _ in UInt8.random(in: 0...1, using: &dice) }
    }

    @Test(
        "a table does what a plain model does",
        arguments: 0..<8 as Range<UInt64>,
        [3, 9, 40, 200]
    )
    func model(seed: UInt64, longest: Int) {
        var dice = SeededGenerator(seed: seed)
        var table = SubscriptionTable()
        var model = Model()
        for step in 0..<600 {
            let topic = topic(&dice, longest: longest)
            let subscriber = Int.random(in: 0..<5, using: &dice)
            let pair = Model.Pair(topic: topic, subscriber: subscriber)
            let wasWanted = model.isWanted(topic)
            switch Int.random(in: 0..<100, using: &dice) {
            case 0: removeAll(of: subscriber, &table, &model)
            case 1..<(step < 300 ? 60 : 30):
                let isNew = model.pairs.insert(pair).inserted
                let change = table.insert(Frame(topic), for: subscriber)
                #expect(change.isNew == isNew && change.isFirstOrLast == !wasWanted, "seed \(seed)")
            default:
                let old = model.pairs.randomElement(using: &dice) ?? pair
                let isThere = model.pairs.remove(old) != nil
                let change = table.remove(Frame(old.topic), for: old.subscriber)
                let isLast = isThere && !model.isWanted(old.topic)
                #expect(change.isNew == isThere && change.isFirstOrLast == isLast, "seed \(seed)")
            }
            let held = table.count
            #expect(held == model.pairs.count, "seed \(seed)")
            let message = self.topic(&dice, longest: 2 * longest)
            let near = (model.pairs.randomElement(using: &dice)?.topic ?? []) + message
            for bytes in [message, near] {
                let found = bytes.withUnsafeBytes { table.match($0).map { Int($0) } }
                #expect(found.count == Set(found).count, "seed \(seed)")
                #expect(Set(found) == model.match(bytes), "seed \(seed), step \(step)")
            }
        }
    }

    private func removeAll(
        of subscriber: Int,
        _ table: inout SubscriptionTable,
        _ model: inout Model
    ) {
        let gone = model.pairs.filter { $0.subscriber == subscriber }
        model.pairs.subtract(gone)
        let orphans = Set(gone.map(\.topic)).filter { !model.isWanted($0) }
        var found: [[UInt8]] = []
        table.removeAll(of: subscriber) { found.append(Array($0)) }
        #expect(found.count == orphans.count && Set(found) == orphans)
    }

    @Test("a set does what a plain model does", arguments: 0..<4 as Range<UInt64>, [3, 40])
    func set(seed: UInt64, longest: Int) {
        var dice = SeededGenerator(seed: seed)
        var set = SubscriptionSet()
        var model: [[UInt8]: Int] = [:]
        for _ in 0..<500 {
            let topic = topic(&dice, longest: longest)
            if Bool.random(using: &dice) {
                model[topic, default: 0] += 1
                let isNew = set.insert(Frame(topic))
                #expect(isNew == (model[topic] == 1), "seed \(seed)")
            } else {
                let count = model[topic]
                model[topic] = count.flatMap { $0 > 1 ? $0 - 1 : nil }
                let isLast = set.remove(Frame(topic))
                #expect(isLast == count.map { $0 == 1 }, "seed \(seed)")
            }
            let held = set.count
            #expect(held == model.count, "seed \(seed)")
            let message = self.topic(&dice, longest: 2 * longest)
            let isWanted = model.keys.contains { message.starts(with: $0) }
            let isMatched = message.withUnsafeBytes { set.matches($0) }
            #expect(isMatched == isWanted, "seed \(seed)")
        }
        let topics = set.topics
        #expect(Set(topics.map { Array($0) }) == Set(model.keys))
    }

    @Test("a set lists its topics in the order in which they came")
    func order() {
        var set = SubscriptionSet()
        let topics = (0..<20_000).map { Frame("topic \($0)") }
        for topic in topics { _ = set.insert(topic) }
        let listed = set.topics
        #expect(listed == topics)
    }

    @Test("many lengths are matched by a tree, few by hash, and nothing is left in the end")
    func methods() {
        var index = TopicIndex(wordsPerTopic: 0, seed: 1)
        let long = [UInt8](repeating: 7, count: 3000)
        var numbers: [UInt32] = []
        for length in 1...3000 {
            numbers.append(long[..<length].withUnsafeBytes { index.insert($0).number })
        }
        let usesTree = index.usesTree
        #expect(usesTree)
        var found = 0
        long.withUnsafeBytes { bytes in
            index.forEachPrefix(of: bytes) { _ in
                found += 1
                return true
            }
        }
        #expect(found == 3000)
        for number in numbers.dropLast() { index.remove(number) }
        let (usesTreeStill, count) = (index.usesTree, index.count)
        #expect(!usesTreeStill && count == 1)
        let last = index.topic(numbers[2999])
        #expect(last == Frame(long))
    }

    @Test("limits on topics and on their bytes hold for each peer")
    func limits() {
        var table = SubscriptionTable()
        var limits = ProtocolLimits()
        (limits.topicsPerPeer, limits.topicBytesPerPeer) = (2, 10)
        _ = table.insert("12345", for: 3)
        let beyond = { (table: borrowing SubscriptionTable, topic: Frame, subscriber: Int) in
            table.limitExceeded(by: topic, of: subscriber, limits)
        }
        let tooLong = beyond(table, "123456", 3)
        let fitting = beyond(table, "54321", 3)
        #expect(tooLong == .topicBytes && fitting == nil)
        _ = table.insert("54321", for: 3)
        let tooMany = beyond(table, "1", 3)
        let known = beyond(table, "12345", 3)
        let other = beyond(table, "1", 2)
        #expect(tooMany == .topics && known == nil && other == nil)
    }
}
