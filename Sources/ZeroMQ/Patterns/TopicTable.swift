/// A hash table of references that grows in pieces (extendible hashing).
///
/// The leading bits of a hash choose a segment. A full segment grows, and from a certain size on it
/// splits in two. So an insertion moves the items of one segment at most, however many items there
/// are. The table does not store hashes: callers that change it pass `hashOf`.
struct TopicTable: ~Copyable {
    /// 2 to the power of `depth` segments; neighbouring entries may be the same segment.
    private var directory = PlainArray<TopicSegment>()
    private var depth = 0
    private(set) var count = 0

    /// At most this many bits choose a segment; beyond that, a segment grows instead.
    private static let mostDepth = 20

    deinit { deallocateSegments() }

    private func place(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: (hash >> 1) &>> UInt64(truncatingIfNeeded: 63 &- depth))
    }

    /// A snapshot of the table; valid until it changes.
    var view: TopicTableView {
        TopicTableView(
            directory: UnsafePointer(directory.elements.baseAddress),
            shift: UInt64(63 - depth)
        )
    }

    func visit(_ body: (UInt32) -> Void) { visitSegments { $0.visit(body) } }

    private func visitSegments(_ body: (TopicSegment) -> Void) {
        var index = 0
        while index < directory.count {
            let segment = directory[index]
            index += 1 << (depth - segment.depth)
            body(segment)
        }
    }

    // MARK: Changing

    /// Adds an item that is not in the table.
    mutating func insert(_ item: UInt32, _ hash: UInt64, hashOf: (UInt32) -> UInt64) {
        if directory.count == 0 { directory.append(TopicSegment(groups: 1, depth: 0)) }
        while directory[place(hash)].isFull { enlarge(place(hash), hashOf) }
        directory[place(hash)].insert(item, hash)
        count += 1
    }

    /// Removes an item that is in the table.
    mutating func remove(_ item: UInt32, _ hash: UInt64, hashOf: (UInt32) -> UInt64) {
        let segment = directory[place(hash)]
        segment.remove(item, hash)
        count -= 1
        if count == 0 { return clear() }
        guard segment.isWasteful else { return }
        replace(place(hash), groups: segment.groups / 2, hashOf)
    }

    private mutating func clear() {
        deallocateSegments()
        directory.removeAll()
        depth = 0
    }

    private func deallocateSegments() { visitSegments { $0.deallocate() } }

    private mutating func enlarge(_ index: Int, _ hashOf: (UInt32) -> UInt64) {
        let segment = directory[index]
        if segment.groups < TopicSegment.mostGroups || segment.depth == Self.mostDepth {
            return replace(index, groups: segment.groups * 2, hashOf)
        }
        if segment.depth == depth { doubleDirectory() }
        split(segment, hashOf)
    }

    /// The entries of a segment in the directory: those that begin with its bits.
    private func span(of segment: TopicSegment, _ index: Int) -> Range<Int> {
        let length = 1 << (depth - segment.depth)
        let first = index & ~(length - 1)
        return first..<first + length
    }

    private func replace(_ index: Int, groups: Int, _ hashOf: (UInt32) -> UInt64) {
        let old = directory[index]
        let fresh = TopicSegment(groups: groups, depth: old.depth)
        old.visit { fresh.insert($0, hashOf($0)) }
        for place in span(of: old, index) { directory[place] = fresh }
        old.deallocate()
    }

    private mutating func doubleDirectory() {
        var twice = PlainArray<TopicSegment>()
        for index in 0..<directory.count * 2 { twice.append(directory[index / 2]) }
        directory = twice
        depth += 1
    }

    private func split(_ segment: TopicSegment, _ hashOf: (UInt32) -> UInt64) {
        let lower = TopicSegment(groups: segment.groups, depth: segment.depth + 1)
        let upper = TopicSegment(groups: segment.groups, depth: segment.depth + 1)
        var some: UInt64 = 0
        segment.visit { item in
            let hash = hashOf(item)
            some = hash
            let isUpper = hash >> UInt64(63 - segment.depth) & 1 == 1
            (isUpper ? upper : lower).insert(item, hash)
        }
        let span = span(of: segment, place(some))
        let middle = span.lowerBound + span.count / 2
        for index in span { directory[index] = index < middle ? lower : upper }
        segment.deallocate()
    }
}
