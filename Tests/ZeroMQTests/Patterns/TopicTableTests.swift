import Testing

@testable import ZeroMQ

@Suite("Tables of topics, and their parts")
struct TopicTableTests {
    /// Items whose hashes are made up, so that they can be made to fall together.
    private static func hash(_ item: UInt32, _ kind: Hashes) -> UInt64 {
        switch kind {
        case .spread: TopicHasher.mix(UInt64(item) &+ 0x1234_5678_9abc_def0, 0xd6e8_feb8_6659_fd93)
        case .alike: UInt64(item & 3) << 62
        case .oneTag: TopicHasher.mix(UInt64(item), 0xd6e8_feb8_6659_fd93) & ~0xff
        }
    }

    enum Hashes: CaseIterable { case spread, alike, oneTag }

    @Test("a table does what a set does", arguments: Hashes.allCases, 0..<3 as Range<UInt64>)
    func table(kind: Hashes, seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        var table = TopicTable()
        var model: Set<UInt32> = []
        let most: UInt32 = kind == .alike ? 300 : 40_000
        for phase in 0..<6 {
            // In turn more come and more go, down to none.
            for _ in 0..<Int(most) {
                let item = UInt32.random(in: 1...most, using: &dice)
                let hash = Self.hash(item, kind)
                let isThere = table.view.find(hash) { $0 == item } != nil
                #expect(isThere == model.contains(item), "seed \(seed)")
                #expect(!isThere || table.view.mayHold(hash), "seed \(seed)")
                if phase % 2 == 0, !isThere {
                    table.insert(item, hash) { Self.hash($0, kind) }
                    model.insert(item)
                } else if phase % 2 == 1, isThere {
                    table.remove(item, hash) { Self.hash($0, kind) }
                    model.remove(item)
                }
            }
            var listed: [UInt32] = []
            table.visit { listed.append($0) }
            let count = table.count
            #expect(count == model.count && listed.count == count && Set(listed) == model)
            guard phase == 3 else { continue }
            for item in model { table.remove(item, Self.hash(item, kind)) { Self.hash($0, kind) } }
            model = []
            #expect(table.count == 0)
        }
    }

    @Test("what is not in a table is not found, whatever its hash")
    func absent() {
        var table = TopicTable()
        for item in 1...20_000 as ClosedRange<UInt32> {
            table.insert(item, Self.hash(item, .spread)) { Self.hash($0, .spread) }
        }
        var asked = 0
        for item in 20_001...60_000 as ClosedRange<UInt32> {
            let found = table.view.find(Self.hash(item, .spread)) { candidate in
                asked += 1
                return candidate == item
            }
            #expect(found == nil)
        }
        // Tags and checks let through one in 65,000 of what stands in a group, at most seven.
        #expect(asked < 40)
    }

    @Test("records keep topics of all lengths", arguments: 0..<4 as Range<UInt64>)
    func records(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        let words = Int(seed % 4)
        var records = TopicRecords(wordsPerRecord: words)
        var model: [UInt32: ([UInt8], UInt32)] = [:]
        for step in 0..<30_000 {
            let isGrowing = step / 6000 % 2 == 0
            if model.isEmpty || Int.random(in: 0..<3, using: &dice) < (isGrowing ? 2 : 1) {
                let isLong = Int.random(in: 0..<20, using: &dice) == 0
                let length = Int.random(in: 0...(isLong ? 600 : 40), using: &dice)
                let topic = (0..<length).map { _ in UInt8.random(in: 0...255, using: &dice) }
                let record = topic.withUnsafeBytes { records.insert($0) }
                let word = UInt32.random(in: 0 ... .max, using: &dice)
                for index in 0..<words { records[record, index] = word &+ UInt32(index) }
                #expect(record != TopicRecords.none && model[record] == nil, "seed \(seed)")
                model[record] = (topic, word)
            } else if let (record, (topic, word)) = model.randomElement(using: &dice) {
                #expect(Array(records.bytes(record)) == topic, "seed \(seed)")
                let isEqual = topic.withUnsafeBytes { records.view.isEqual(record, to: $0) }
                #expect(isEqual)
                for index in 0..<words {
                    let kept = records[record, index]
                    #expect(kept == word &+ UInt32(index), "seed \(seed)")
                }
                records.remove(record)
                model[record] = nil
            }
        }
        for (record, (topic, _)) in model {
            #expect(Array(records.bytes(record)) == topic, "seed \(seed)")
        }
        for record in model.keys { records.remove(record) }
        let (count, longTopics) = (records.count, records.longTopics)
        #expect(count == 0 && longTopics == 0)
    }

    @Test("a topic is equal to nothing but itself")
    func equality() {
        var records = TopicRecords(wordsPerRecord: 1)
        for length in 0...40 {
            let topic = (0..<length).map { UInt8($0) }
            let record = topic.withUnsafeBytes { records.insert($0) }
            for place in 0..<length {
                var other = topic
                other[place] ^= 0x80
                let isEqual = other.withUnsafeBytes { records.view.isEqual(record, to: $0) }
                #expect(!isEqual)
            }
            let longer = topic + [0]
            #expect(!longer.withUnsafeBytes { records.view.isEqual(record, to: $0) })
        }
    }

    @Test("a block whose topics have gone is used again")
    func blocks() {
        var records = TopicRecords(wordsPerRecord: 3)
        let topic = [UInt8](repeating: 1, count: 100)
        let insert = { (records: inout TopicRecords) in
            topic.withUnsafeBytes { records.insert($0) }
        }
        let first = insert(&records)
        var highest: UInt32 = 0
        for _ in 0..<5 {
            var some: [UInt32] = []
            for _ in 0..<5000 { some.append(insert(&records)) }
            highest = max(highest, some.max() ?? 0)
            for record in some { records.remove(record) }
        }
        // Five thousand records of 29 units each need ten blocks, however often they come.
        #expect(highest >> 14 <= 11)
        #expect(Array(records.bytes(first)) == topic)
    }

    @Test("the hash of a beginning is the hash of the whole", arguments: [0, 9])
    func hashes(slack: Int) {
        let key = TopicHasher.Key(seed: 42)
        var dice = SeededGenerator(seed: 42)
        let bytes = (0..<60).map { _ in UInt8.random(in: 0...255, using: &dice) }
        for count in 0...50 {
            bytes.withUnsafeBytes { all in
                let message = UnsafeRawBufferPointer(rebasing: all[..<count])
                var hasher = TopicHasher(message, readable: count + slack, key: key)
                for length in 0...count {
                    let hash = hasher.hash(TopicHasher.Recipe(length: length, key: key))
                    let prefix = UnsafeRawBufferPointer(rebasing: all[..<length])
                    #expect(hash == TopicHasher.hash(prefix, key: key), "\(length) of \(count)")
                }
            }
        }
        let zeroes = [UInt8](repeating: 0, count: 40)
        let hashes = (0...40).map { count in
            zeroes.withUnsafeBytes { TopicHasher.hash(.init(rebasing: $0[..<count]), key: key) }
        }
        #expect(Set(hashes).count == 41)
    }

    @Test("many topics are found, and removed in any order", arguments: [UInt64(7)])
    func many(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        var table = SubscriptionTable()
        let topics = (0..<100_000).map { number in
            Array("place/\(number)/\(String(repeating: "x", count: number & 7))".utf8)
        }
        for (number, topic) in topics.enumerated() {
            _ = table.insert(Frame(topic), for: number % 3)
            if number % 10 == 0 { _ = table.insert(Frame(topic), for: 3) }
        }
        for (number, topic) in topics.enumerated() {
            let found = topic.withUnsafeBytes { Set(table.match($0).map { Int($0) }) }
            #expect(found == (number % 10 == 0 ? [number % 3, 3] : [number % 3]))
        }
        var orphans = 0
        table.removeAll(of: 3) { _ in orphans += 1 }
        #expect(orphans == 0)
        for (number, topic) in topics.enumerated().shuffled(using: &dice) {
            let change = table.remove(Frame(topic), for: number % 3)
            #expect(change.isNew && change.isFirstOrLast)
        }
        let (count, topicCount) = (table.count, table.topicCount)
        #expect(count == 0 && topicCount == 0)
    }
}
