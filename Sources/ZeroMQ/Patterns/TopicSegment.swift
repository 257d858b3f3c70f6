/// A piece of a hash table: groups of seven places each, of which one word tells nearly everything.
///
///     head | word of group 0 | word of group 1 | … | checks, references: seven for each group
///
/// The low seven bytes of a word are tags: a byte of the item's hash, or 0 for an empty place.
/// The highest byte counts the items that would rather be in this group but found it full, and are
/// in one that follows. So a look-up for what is not there ends with one load that is next to no
/// other memory than words, eight bytes for seven places, and a removal leaves no mark behind.
/// Where a tag is right by chance, another byte of the hash in `checks` most likely tells, so that
/// the item, which may be far away in memory, is hardly ever looked at in vain.
struct TopicSegment: BitwiseCopyable {
    private struct Head: BitwiseCopyable {
        /// Groups, which are a power of two, less one.
        var mask: Int
        var count: UInt32
        /// How many leading bits of the hash all items here have in common.
        var depth: UInt32
    }

    private let memory: UnsafeMutableRawPointer

    static let placesInGroup = 7
    /// From here on a segment is split in two instead of growing: no change of the table takes
    /// longer than dealing out so many groups anew.
    static let mostGroups = 2048

    /// A count that is not exact any more, and therefore stays.
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
        // Behind the checks, at the next multiple of four.
        let start =
            UnsafeMutableRawPointer(words + groups)
            + (groups * Self.placesInGroup + 3) / 4 * 4
        return start.assumingMemoryBound(to: UInt32.self) + group * Self.placesInGroup
    }

    var groups: Int { head.pointee.mask + 1 }
    var count: Int { Int(head.pointee.count) }
    var depth: Int { Int(head.pointee.depth) }

    /// One more would make it slow.
    var isFull: Bool { (count + 1) * 5 > groups * Self.placesInGroup * 4 }

    /// Half as many groups would do, and for some time.
    var isWasteful: Bool { groups > 1 && count * 8 < groups * Self.placesInGroup }

    // MARK: Looking up

    /// A byte of the hash that is not 0.
    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt64 {
        let byte = hash & 0xff
        return byte < 1 ? byte &+ 1 : byte
    }

    /// Another byte of the hash.
    @inline(__always)
    private static func check(_ hash: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: hash >> 24) }

    /// The high bit of each of the seven bytes in which the word has this tag.
    @inline(__always)
    private static func places(of tag: UInt64, in word: UInt64) -> UInt64 {
        let low: UInt64 = 0x007f_7f7f_7f7f_7f7f
        let difference = word ^ tag &* 0x0001_0101_0101_0101
        return ~((difference & low &+ low) | difference | low) & 0x0080_8080_8080_8080
    }

    /// Whether an item with this hash may be there, as one word tells.
    @inline(__always)
    func mayHold(_ hash: UInt64) -> Bool {
        let word = words[Int(truncatingIfNeeded: hash >> 8) & head.pointee.mask]
        return Self.places(of: Self.tag(hash), in: word) | word >> 56 != 0
    }

    /// The item with this hash that `isWanted` confirms.
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

    /// Adds an item that is not there. There must be a free place.
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

    /// Takes an item out that is there.
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
