/// The lengths of a set of topics, with the number of topics of each length.
struct TopicLengths: ~Copyable {
    /// With more lengths than this, one look-up for each costs more than walking a tree.
    static let most = 12

    private var counts: [Int: Int] = [:]
    /// How to hash each length in use, shortest first; empty if there are too many lengths.
    private(set) var recipes = PlainArray<TopicHasher.Recipe>()

    /// How many different lengths are in use.
    var count: Int { counts.count }
    var areTooMany: Bool { counts.count > Self.most }

    mutating func insert(_ length: Int, key: TopicHasher.Key) {
        let count = counts[length, default: 0] + 1
        counts[length] = count
        if count == 1 { list(key) }
    }

    mutating func remove(_ length: Int, key: TopicHasher.Key) {
        guard let count = counts[length] else { return }
        counts[length] = count == 1 ? nil : count - 1
        if count == 1 { list(key) }
    }

    private mutating func list(_ key: TopicHasher.Key) {
        recipes.removeAll()
        guard !areTooMany else { return }
        for length in counts.keys.sorted() {
            recipes.append(TopicHasher.Recipe(length: length, key: key))
        }
    }
}
