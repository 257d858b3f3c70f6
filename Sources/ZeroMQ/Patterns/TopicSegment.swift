/// A piece of a hash table: groups of seven slots, each described by one word (as in Swiss tables
/// and F14).
///
///     head | word of group 0 | word of group 1 | … | checks, references: seven for each group
///
/// The low seven bytes of a word are tags: one byte of the item's hash, or 0 for an empty slot. The
/// highest byte counts the items that prefer this group, but found it full and are in a following
/// one. So a failed look-up usually ends after one load, from memory that contains only such words,
/// eight bytes for seven slots; and a removal leaves no tombstone. If a tag matches by chance, a
/// second byte of the hash in `checks` usually differs, so the item itself, which may be far away
/// in memory, is rarely read in vain.
struct TopicSegment: BitwiseCopyable {
    private struct Head: BitwiseCopyable {
        /// The number of groups, a power of two, minus one.
        var mask: Int
        var count: UInt32
        /// How many leading bits of the hash are the same for all items here.
        var depth: UInt32
    }

    private let memory: UnsafeMutableRawPointer

    static let placesInGroup = 7
    /// From this size on, a segment is split in two instead of growing: so no change of the table
    /// takes longer than redistributing this many groups.
    static let mostGroups = 2048

    /// An overflow count that has saturated, and is therefore never lowered.
    private static let manyOverflowed: UInt64 = 255

    init(groups: Int, depth: Int) {
        let words = MemoryLayout<Head>.size + groups * 8
        let places = groups * Self.placesInGroup
        memory = .allocate(byteCount: words + (places + 3) / 4 * 4 + places * 4, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: words)
        head.pointee = Head(mask: groups - 1, count: 0, depth: UInt32(depth))
    }

    func deallocate() { memory.deallocate() }

    @inline(__always)
    private var head: UnsafeMutablePointer<Head> { memory.assumingMemoryBound(to: Head.self) }

    @inline(__always)
    private var words: UnsafeMutablePointer<UInt64> {
        (memory + MemoryLayout<Head>.size).assumingMemoryBound(to: UInt64.self)
    }

    private func checks(of group: Int) -> UnsafeMutablePointer<UInt8> {
        let start = UnsafeMutableRawPointer(words + groups)
        return start.assumingMemoryBound(to: UInt8.self) + group * Self.placesInGroup
    }

    private func references(of group: Int) -> UnsafeMutablePointer<UInt32> {
        // After the checks, aligned to four bytes.
        let start =
            UnsafeMutableRawPointer(words + groups)
            + (groups * Self.placesInGroup + 3) / 4 * 4
        return start.assumingMemoryBound(to: UInt32.self) + group * Self.placesInGroup
    }

    var groups: Int { head.pointee.mask + 1 }
    var count: Int { Int(head.pointee.count) }
    var depth: Int { Int(head.pointee.depth) }

    /// One more item would make look-ups slow.
    var isFull: Bool { (count + 1) * 5 > groups * Self.placesInGroup * 4 }

    /// Half as many groups would suffice, with room to grow.
    var isWasteful: Bool { groups > 1 && count * 8 < groups * Self.placesInGroup }

    // MARK: Looking up

    /// A byte of the hash, never 0.
    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt64 {
        let byte = hash & 0xff
        return byte < 1 ? byte &+ 1 : byte
    }

    /// Another byte of the hash.
    @inline(__always)
    private static func check(_ hash: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: hash >> 24) }

    /// The high bit of each of the seven bytes that have this tag.
    @inline(__always)
    private static func places(of tag: UInt64, in word: UInt64) -> UInt64 {
        let low: UInt64 = 0x007f_7f7f_7f7f_7f7f
        let difference = word ^ tag &* 0x0001_0101_0101_0101
        return ~((difference & low &+ low) | difference | low) & 0x0080_8080_8080_8080
    }

    /// Whether an item with this hash may be here, judged by one word.
    @inline(__always)
    func mayHold(_ hash: UInt64) -> Bool {
        let word = words[Int(truncatingIfNeeded: hash >> 8) & head.pointee.mask]
        return Self.places(of: Self.tag(hash), in: word) | word >> 56 != 0
    }

    /// The item with this hash for which `isWanted` returns true.
    @inline(__always)
    func find(_ hash: UInt64, where isWanted: (UInt32) -> Bool) -> UInt32? {
        let mask = head.pointee.mask
        let tag = Self.tag(hash)
        let home = Int(truncatingIfNeeded: hash >> 8) & mask
        var group = home
        repeat {
            let word = words[group]
            var places = Self.places(of: tag, in: word)
            while places != 0 {
                let place = places.trailingZeroBitCount &>> 3
                if checks(of: group)[place] == Self.check(hash) {
                    let item = references(of: group)[place]
                    if isWanted(item) { return item }
                }
                places &= places &- 1
            }
            if word >> 56 == 0 { return nil }
            group = (group &+ 1) & mask
        } while group != home
        return nil
    }

    func visit(_ body: (UInt32) -> Void) {
        for group in 0..<groups {
            for place in 0..<Self.placesInGroup where words[group] >> (8 * place) & 0xff != 0 {
                body(references(of: group)[place])
            }
        }
    }

    // MARK: Changing

    /// Adds an item that is not in the segment. There must be a free slot.
    func insert(_ item: UInt32, _ hash: UInt64) {
        var group = Int(truncatingIfNeeded: hash >> 8) & head.pointee.mask
        while true {
            let empty = Self.places(of: 0, in: words[group])
            if empty != 0 {
                let shift = empty.trailingZeroBitCount & ~7
                words[group] |= Self.tag(hash) << UInt64(shift)
                references(of: group)[shift >> 3] = item
                checks(of: group)[shift >> 3] = Self.check(hash)
                head.pointee.count += 1
                return
            }
            if words[group] >> 56 != Self.manyOverflowed { words[group] += 1 << 56 }
            group = (group + 1) & head.pointee.mask
        }
    }

    /// Removes an item that is in the segment.
    func remove(_ item: UInt32, _ hash: UInt64) {
        var group = Int(truncatingIfNeeded: hash >> 8) & head.pointee.mask
        while true {
            var places = Self.places(of: Self.tag(hash), in: words[group])
            while places != 0 {
                let shift = places.trailingZeroBitCount & ~7
                if references(of: group)[shift >> 3] == item {
                    words[group] &= ~(0xff << UInt64(shift))
                    head.pointee.count -= 1
                    return
                }
                places &= places - 1
            }
            if words[group] >> 56 != Self.manyOverflowed { words[group] -= 1 << 56 }
            group = (group + 1) & head.pointee.mask
        }
    }
}
