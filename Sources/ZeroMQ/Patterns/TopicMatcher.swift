/// What matching reads of a set of topics, in one place.
///
/// The set renews it with every change. Used through a pointer, so that matching loads the few
/// words that it needs; a set is many words, and would be handed from function to function whole.
struct TopicMatcher: BitwiseCopyable {
    /// The number of the empty topic.
    var everything = TopicRecords.none
    /// There are too many lengths to try: somebody else has to look.
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

    /// Calls `body` with each topic that begins `bytes`, until it returns false. More bytes than
    /// those may be readable, whatever they are.
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
                // Out of line, so that the way of what nobody wants stays in registers.
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

/// A table of references as it is now, to look things up.
struct TopicTableView: BitwiseCopyable {
    /// The segments, by the leading bits of a hash.
    var directory: UnsafePointer<TopicSegment>?
    /// By how much a hash has to be shifted to the right, after one bit more.
    var shift: UInt64 = 63

    /// Whether an item with this hash may be there; of those that are not, few may. There must be
    /// items.
    @inline(__always)
    func mayHold(_ hash: UInt64) -> Bool {
        directory.unsafelyUnwrapped[Int(truncatingIfNeeded: (hash >> 1) &>> shift)].mayHold(hash)
    }

    /// The item with this hash that `isWanted` confirms.
    @inline(__always)
    func find(_ hash: UInt64, where isWanted: (UInt32) -> Bool) -> UInt32? {
        guard let directory else { return nil }
        return directory[Int(truncatingIfNeeded: (hash >> 1) &>> shift)].find(hash, where: isWanted)
    }
}
