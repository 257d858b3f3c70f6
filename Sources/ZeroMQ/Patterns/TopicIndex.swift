/// A set of topics, each with a small number, that finds all topics which begin a message.
///
/// Matching takes one hash look-up for each length in use; real systems use few lengths. When there
/// are many, a tree takes over, whose cost depends on the message alone. The empty topic, which
/// begins everything, is kept apart. Not copyable, like its parts: a copy made to look something up
/// would cost more than the look-up.
struct TopicIndex: ~Copyable {
    private struct Entry {
        /// Where the octets are; in a free entry the next free one.
        var offset: Int
        /// How many there are, or `free`.
        var count: UInt32
        var hash: UInt32
        static let free = UInt32.max
    }

    private let seed: UInt64
    private var entries: [Entry] = []
    private var firstFree = -1
    private var table = SlotTable()
    private var arena = OctetArena()
    private var lengths = TopicLengths()
    /// The number of the empty topic.
    private var everything: Int?
    /// Whether matching goes through the tree, which is empty else.
    private(set) var usesTree = false
    private var tree: TopicTree
    /// Changes since the tree was planted: it is kept for at least as many as planting it cost.
    private var changes = 0

    init(seed: UInt64 = .random(in: .min ... .max)) {
        self.seed = seed
        tree = TopicTree(seed: seed)
    }

    /// How many topics there are.
    var count: Int { table.count + (everything == nil ? 0 : 1) }

    /// The numbers of all topics.
    var numbers: [Int] { entries.indices.filter { entries[$0].count != Entry.free } }

    func topic(_ number: Int) -> Frame {
        arena.withOctets(entries[number].offset, length(of: number)) { Frame(copying: $0) }
    }

    func length(of number: Int) -> Int { Int(entries[number].count) }

    // MARK: Looking up

    func find(_ octets: UnsafeRawBufferPointer) -> Int? {
        octets.isEmpty ? everything : find(octets, PrefixHasher.hash(octets, seed: seed))
    }

    @inline(__always)
    private func find(_ octets: UnsafeRawBufferPointer, _ hash: UInt32) -> Int? {
        table.find(hash: hash) { number in
            let entry = entries[number]
            return Int(entry.count) == octets.count
                && arena.commonPrefix(entry.offset, octets.count, with: octets) == octets.count
        }
    }

    /// Calls `body` with each topic that begins `octets`, until it returns false.
    @inline(__always)
    func forEachPrefix(of octets: UnsafeRawBufferPointer, _ body: (Int) -> Bool) {
        if let everything, !body(everything) { return }
        guard !usesTree else { return tree.forEachPrefix(of: octets, body) }
        var hasher = PrefixHasher(octets, seed: seed)
        for index in lengths.lengths.indices {
            let length = lengths.lengths[index]
            guard length <= octets.count else { return }
            let hash = hasher.hash(ofFirst: length)
            let prefix = UnsafeRawBufferPointer(start: octets.baseAddress, count: length)
            if let number = find(prefix, hash), !body(number) { return }
        }
    }

    // MARK: Changing

    /// The number of a topic, which is added if it is not there.
    mutating func insert(_ octets: UnsafeRawBufferPointer) -> (number: Int, isNew: Bool) {
        if octets.isEmpty {
            if let everything { return (everything, false) }
            let number = takeEntry(Entry(offset: 0, count: 0, hash: 0))
            everything = number
            return (number, true)
        }
        let hash = PrefixHasher.hash(octets, seed: seed)
        if let number = find(octets, hash) { return (number, false) }
        let offset = arena.append(octets)
        let number = takeEntry(Entry(offset: offset, count: UInt32(octets.count), hash: hash))
        table.insert(number, hash: hash)
        lengths.insert(octets.count)
        if usesTree { tree.insert(octets, number) }
        chooseMethod()
        return (number, true)
    }

    private mutating func takeEntry(_ entry: Entry) -> Int {
        guard firstFree >= 0 else {
            entries.append(entry)
            return entries.count - 1
        }
        let number = firstFree
        firstFree = entries[number].offset
        entries[number] = entry
        return number
    }

    /// Forgets a topic; its number may be given to another.
    mutating func remove(_ number: Int) {
        let entry = entries[number]
        let length = Int(entry.count)
        if length == 0 {
            everything = nil
        } else {
            table.remove(number, hash: entry.hash)
            lengths.remove(length)
            if usesTree { removeFromTree(entry) }
            arena.discard(length)
        }
        entries[number] = Entry(offset: firstFree, count: Entry.free, hash: 0)
        firstFree = number
        if count == 0 {
            self = TopicIndex(seed: seed)
        } else {
            if arena.isWasteful { compact() }
            chooseMethod()
        }
    }

    private mutating func removeFromTree(_ entry: Entry) {
        let octets = arena.copy(entry.offset, Int(entry.count))
        octets.withUnsafeBytes { tree.remove($0) }
    }

    private mutating func compact() {
        var fresh = OctetArena()
        for number in numbers {
            entries[number].offset = fresh.append(
                entries[number].offset,
                length(of: number),
                of: arena
            )
        }
        arena = fresh
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
        for number in numbers where entries[number].count > 0 {
            let octets = arena.copy(entries[number].offset, length(of: number))
            octets.withUnsafeBytes { tree.insert($0, number) }
        }
        usesTree = true
        changes = 0
    }
}
