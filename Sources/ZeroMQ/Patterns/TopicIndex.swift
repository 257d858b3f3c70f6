internal import ZeroMQReactor

/// A set of topics, each with a number and a few words, that finds all topics that are a prefix of
/// a message.
///
/// Matching takes one hash look-up for each length in use, and real systems use few lengths. If
/// there are many lengths, a tree is used, whose cost depends on the message alone. The empty topic
/// matches everything and is kept separately. Not copyable, and neither are its parts: an
/// accidental copy would cost more than a look-up.
struct TopicIndex: ~Copyable {
    private let seed: UInt64
    private let key: TopicHasher.Key
    /// What matching reads; updated by every change.
    let matcher: UnsafeMutablePointer<TopicMatcher>
    private var records: TopicRecords
    private var table = TopicTable()
    private var lengths = TopicLengths()
    private var tree: TopicTree
    /// Changes since the tree was built: it is kept for at least as many changes as building it
    /// cost.
    private var changes = 0

    /// Makes an empty set whose owner keeps `wordsPerTopic` words with each topic.
    init(wordsPerTopic: Int, seed: UInt64 = KernelDice.roll()) {
        self.seed = seed
        key = TopicHasher.Key(seed: seed)
        records = TopicRecords(wordsPerRecord: wordsPerTopic)
        tree = TopicTree(seed: seed)
        matcher = .allocate(capacity: 1)
        matcher.initialize(
            to: TopicMatcher(key: key, table: table.view, records: records.view)
        )
    }

    deinit {
        matcher.deallocate()
        guard records.longTopics > 0 else { return }
        table.visit { records.releaseLong($0) }
    }

    /// The number of the empty topic.
    private var everything: UInt32 {
        get { matcher.pointee.everything }
        nonmutating set { matcher.pointee.everything = newValue }
    }

    /// Whether matching uses the tree; if not, the tree is empty.
    private(set) var usesTree: Bool {
        get { matcher.pointee.usesTree }
        nonmutating set { matcher.pointee.usesTree = newValue }
    }

    private func renewMatcher() {
        matcher.pointee.table = table.view
        matcher.pointee.records = records.view
        matcher.pointee.recipes = UnsafePointer(lengths.recipes.elements.baseAddress)
        matcher.pointee.recipeCount = lengths.recipes.count
    }

    /// How many topics there are.
    var count: Int { records.count }

    /// The numbers of all topics; in the order of insertion, as long as none was removed.
    var numbers: [UInt32] {
        var numbers: [UInt32] = []
        numbers.reserveCapacity(count)
        if everything != TopicRecords.none { numbers.append(everything) }
        table.visit { numbers.append($0) }
        numbers.sort()
        return numbers
    }

    func topic(_ number: UInt32) -> Frame { Frame(copying: records.bytes(number)) }

    /// The bytes of a topic; valid until the set changes.
    func bytes(_ number: UInt32) -> UnsafeRawBufferPointer { records.bytes(number) }

    /// A word that the owner of the set keeps with a topic.
    @inline(__always)
    subscript(number: UInt32, word: Int) -> UInt32 {
        get { records[number, word] }
        nonmutating set { records[number, word] = newValue }
    }

    // MARK: Looking up

    func find(_ bytes: UnsafeRawBufferPointer) -> UInt32? {
        if bytes.isEmpty { return everything == TopicRecords.none ? nil : everything }
        return matcher.pointee.find(bytes, TopicHasher.hash(bytes, key: key))
    }

    /// Calls `body` with each topic that is a prefix of `bytes`, until it returns false.
    func forEachPrefix(of bytes: UnsafeRawBufferPointer, _ body: (UInt32) -> Bool) {
        guard usesTree else {
            return TopicMatcher.forEachPrefix(matcher, of: bytes, readable: bytes.count, body)
        }
        if everything != TopicRecords.none, !body(everything) { return }
        tree.forEachPrefix(of: bytes, body)
    }

    /// The topics that only the tree finds: all but the empty one, which the matcher finds.
    @inline(never)
    func forEachPrefixInTree(of bytes: UnsafeRawBufferPointer, _ body: (UInt32) -> Bool) {
        tree.forEachPrefix(of: bytes, body)
    }

    // MARK: Changing

    /// The number of a topic, which is added if necessary.
    mutating func insert(_ bytes: UnsafeRawBufferPointer) -> (number: UInt32, isNew: Bool) {
        if bytes.isEmpty {
            guard everything == TopicRecords.none else { return (everything, false) }
            let number = records.insert(bytes)
            everything = number
            renewMatcher()
            return (number, true)
        }
        let hash = TopicHasher.hash(bytes, key: key)
        if let number = matcher.pointee.find(bytes, hash) { return (number, false) }
        defer { renewMatcher() }
        let number = records.insert(bytes)
        let (view, key) = (records.view, key)
        table.insert(number, hash) { TopicHasher.hash(view.bytes($0), key: key) }
        lengths.insert(bytes.count, key: key)
        if usesTree { tree.insert(bytes, number) }
        chooseMethod()
        return (number, true)
    }

    /// Removes a topic; its number may be used for another.
    mutating func remove(_ number: UInt32) {
        defer { renewMatcher() }
        let bytes = records.bytes(number)
        if bytes.isEmpty {
            everything = TopicRecords.none
        } else {
            let (view, key) = (records.view, key)
            table.remove(number, TopicHasher.hash(bytes, key: key)) {
                TopicHasher.hash(view.bytes($0), key: key)
            }
            lengths.remove(bytes.count, key: key)
            if usesTree { tree.remove(bytes) }
        }
        records.remove(number)
        chooseMethod()
    }

    private mutating func chooseMethod() {
        changes += 1
        if !usesTree, lengths.areTooMany {
            plant()
        } else if usesTree, lengths.count <= TopicLengths.most / 2, changes > count {
            usesTree = false
            tree = TopicTree(seed: seed)
        }
    }

    private mutating func plant() {
        for number in numbers where number != everything {
            tree.insert(records.bytes(number), number)
        }
        usesTree = true
        changes = 0
    }
}
