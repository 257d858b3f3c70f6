/// The lengths of a set of topics, each with how many topics have it, shortest first.
///
/// Prefix matching then takes one hash look-up for each length in use instead of a walk over
/// octets; real systems use few lengths.
struct TopicLengths {
    private(set) var lengths: [Int] = []
    private var counts: [Int] = []

    mutating func insert(_ length: Int) {
        let index = lengths.firstIndex { $0 >= length } ?? lengths.count
        if index < lengths.count, lengths[index] == length {
            counts[index] += 1
        } else {
            lengths.insert(length, at: index)
            counts.insert(1, at: index)
        }
    }

    mutating func remove(_ length: Int) {
        guard let index = lengths.firstIndex(of: length) else { return }
        counts[index] -= 1
        guard counts[index] == 0 else { return }
        lengths.remove(at: index)
        counts.remove(at: index)
    }
}
