/// The lengths of a set of topics, each with how many topics have it.
struct TopicLengths {
    /// With more lengths than this, a look-up for each costs more than a walk over the octets.
    static let most = 12

    private var counts: [Int: Int] = [:]
    /// The lengths in use, shortest first; empty if they are too many.
    private(set) var lengths: [Int] = []

    /// How many different lengths are in use.
    var count: Int { counts.count }
    var areTooMany: Bool { counts.count > Self.most }

    mutating func insert(_ length: Int) {
        counts[length, default: 0] += 1
        if counts[length] == 1 { list() }
    }

    mutating func remove(_ length: Int) {
        guard let count = counts[length] else { return }
        counts[length] = count == 1 ? nil : count - 1
        if count == 1 { list() }
    }

    private mutating func list() {
        lengths = areTooMany ? [] : counts.keys.sorted()
    }
}
