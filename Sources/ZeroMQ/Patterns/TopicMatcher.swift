/// The part of a set of topics that matching reads, in one place.
///
/// The set updates it with every change. Used through a pointer, so that matching loads only the
/// few words it needs; passing the set itself to functions would copy many words.
struct TopicMatcher: BitwiseCopyable {
    /// The number of the empty topic.
    var everything = TopicRecords.none
    /// There are too many lengths to try each: the caller has to use the tree.
    var usesTree = false
    var key: TopicHasher.Key
    var table: TopicTableView
    var records: TopicRecordView
    var recipes: UnsafePointer<TopicHasher.Recipe>?
    var recipeCount = 0

    @inline(__always)
    func find(_ bytes: UnsafeRawBufferPointer, _ hash: UInt64) -> UInt32? {
        table.find(hash) { records.isEqual($0, to: bytes) }
    }

    /// Calls `body` with each topic that is a prefix of `bytes`, until it returns false. `readable`
    /// bytes may be read, which may be more; their values do not matter.
    @inline(__always)
    static func forEachPrefix(
        _ matcher: UnsafePointer<TopicMatcher>,
        of bytes: UnsafeRawBufferPointer,
        readable: Int,
        _ body: (UInt32) -> Bool
    ) {
        if matcher.pointee.everything != TopicRecords.none, !body(matcher.pointee.everything) {
            return
        }
        guard var recipe = matcher.pointee.recipes else { return }
        let end = recipe + matcher.pointee.recipeCount
        let table = matcher.pointee.table
        var hasher = TopicHasher(bytes, readable: readable, key: matcher.pointee.key)
        while recipe < end, recipe.pointee.length <= bytes.count {
            let hash = hasher.hash(recipe.pointee)
            if table.mayHold(hash) {
                // Not inlined, so that messages without a subscriber are handled in registers.
                let length = recipe.pointee.length
                let prefix = UnsafeRawBufferPointer(start: bytes.baseAddress, count: length)
                if let number = confirm(matcher, prefix, hash), !body(number) { return }
            }
            recipe += 1
        }
    }

    @inline(never)
    private static func confirm(
        _ matcher: UnsafePointer<TopicMatcher>,
        _ bytes: UnsafeRawBufferPointer,
        _ hash: UInt64
    ) -> UInt32? {
        matcher.pointee.find(bytes, hash)
    }
}

/// A snapshot of a table of references, for look-ups.
struct TopicTableView: BitwiseCopyable {
    /// The segments, indexed by the leading bits of a hash.
    var directory: UnsafePointer<TopicSegment>?
    /// How far a hash is shifted to the right, after a shift by one.
    var shift: UInt64 = 63

    /// Whether an item with this hash may be in the table; false positives are rare. The table must
    /// not be empty.
    @inline(__always)
    func mayHold(_ hash: UInt64) -> Bool {
        directory.unsafelyUnwrapped[Int(truncatingIfNeeded: (hash >> 1) &>> shift)].mayHold(hash)
    }

    /// The item with this hash for which `isWanted` returns true.
    @inline(__always)
    func find(_ hash: UInt64, where isWanted: (UInt32) -> Bool) -> UInt32? {
        guard let directory else { return nil }
        return directory[Int(truncatingIfNeeded: (hash >> 1) &>> shift)].find(hash, where: isWanted)
    }
}
