/// Topics in memory, each with a few words that its owner keeps there.
///
///     record | word, …: the owner's | length: 1 byte | bytes | up to 3 unused |
///
/// A reference of 32 bits, the record's position in units of four bytes, identifies a record.
/// Records do not move. They are carved from blocks. A freed record is reused for the next topic of
/// its size, and an empty block is freed. Long topics have their bytes elsewhere.
struct TopicRecords: ~Copyable {
    typealias Size = TopicRecordView.Size
    typealias Block = TopicRecordView.Block

    /// No record.
    static let none: UInt32 = 0

    private let wordsPerRecord: Int
    private var blocks = PlainArray<Block>()
    /// Numbers of blocks that were freed.
    private var vacant = PlainArray<UInt32>()
    /// The first free record of each size.
    private var free = PlainArray<UInt32>()
    /// The block that records are carved from; and below its size, and the start of its unused
    /// part, in units.
    private var current = 0
    private var capacity = 0
    private var untouched = 0
    private(set) var count = 0
    /// How many topics have bytes outside their records, which must be freed one by one.
    private(set) var longTopics = 0

    init(wordsPerRecord: Int) { self.wordsPerRecord = wordsPerRecord }

    deinit { deallocateBlocks() }

    // MARK: Reading

    /// A snapshot of the records; valid until one is added or removed.
    @inline(__always)
    var view: TopicRecordView {
        TopicRecordView(blocks: blocks.elements.baseAddress, wordsPerRecord: wordsPerRecord)
    }

    /// One of the owner's words.
    @inline(__always)
    subscript(record: UInt32, word: Int) -> UInt32 {
        get { view[record, word] }
        nonmutating set { view[record, word] = newValue }
    }

    /// The bytes of a topic; valid until it is removed or another is added.
    @inline(__always)
    func bytes(_ record: UInt32) -> UnsafeRawBufferPointer { view.bytes(record) }

    // MARK: Adding

    /// Stores a topic. The owner's words are not initialised.
    mutating func insert(_ topic: UnsafeRawBufferPointer) -> UInt32 {
        let isInside = topic.count <= Size.longestInside
        let record = take(units(isInside ? 1 + topic.count : Size.reference))
        count += 1
        let body = view.body(record)
        if isInside {
            body.storeBytes(of: UInt8(topic.count), as: UInt8.self)
            copy(topic, to: body + 1)
        } else {
            longTopics += 1
            let bytes = UnsafeMutableRawPointer.allocate(byteCount: topic.count, alignment: 1)
            copy(topic, to: bytes)
            body.storeBytes(of: Size.outside, as: UInt8.self)
            body.storeBytes(of: UInt32(topic.count), toByteOffset: 1, as: UInt32.self)
            body.storeBytes(of: UInt(bitPattern: bytes), toByteOffset: 5, as: UInt.self)
        }
        return record
    }

    private func copy(_ topic: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) {
        guard let source = topic.baseAddress else { return }
        target.copyMemory(from: source, byteCount: topic.count)
    }

    /// The number of units in a record with a body of this size.
    private func units(_ body: Int) -> Int {
        max(wordsPerRecord + (body + Size.unit - 1) / Size.unit, Size.smallestRecord)
    }

    private mutating func take(_ units: Int) -> UInt32 {
        let record = takeFree(units) ?? carve(units)
        blocks.change(block(of: record)) { $0.used += units }
        return record
    }

    private func block(of record: UInt32) -> Int { Int(record >> UInt32(Size.bits)) }

    private mutating func carve(_ units: Int) -> UInt32 {
        if untouched + units > capacity { makeRoom(units) }
        let record = current << Size.bits | untouched
        untouched += units
        return UInt32(record)
    }

    /// Enlarges the first block while it is small, or begins another one.
    private mutating func makeRoom(_ units: Int) {
        // Unit 0 is never used, so that 0 means no record.
        if blocks.count == 0 { untouched = 1 }
        if current == 0, untouched + units <= Size.block {
            var wanted = max(capacity, Size.firstBlock)
            while wanted < untouched + units { wanted *= 2 }
            return growFirst(to: wanted)
        }
        blocks.change(current) { $0.carved = untouched }
        let base = UnsafeMutableRawPointer.allocate(
            byteCount: Size.block * Size.unit,
            alignment: 16
        )
        if let number = vacant.popLast() {
            current = Int(number)
            blocks[current] = Block(base: base)
        } else {
            blocks.append(Block(base: base))
            current = blocks.count - 1
        }
        (capacity, untouched) = (Size.block, 0)
    }

    private mutating func growFirst(to wanted: Int) {
        let base = UnsafeMutableRawPointer.allocate(byteCount: wanted * Size.unit, alignment: 16)
        if blocks.count == 0 {
            blocks.append(Block(base: base))
        } else if let old = blocks[0].base {
            base.copyMemory(from: old, byteCount: untouched * Size.unit)
            old.deallocate()
            blocks.change(0) { $0.base = base }
        }
        capacity = wanted
    }

    // MARK: Taking out

    mutating func remove(_ record: UInt32) {
        let length = bytes(record).count
        let isInside = length <= Size.longestInside
        if !isInside {
            releaseLong(record)
            longTopics -= 1
        }
        let units = units(isInside ? 1 + length : Size.reference)
        count -= 1
        if count == 0 { return clear() }
        giveBack(record, units)
        let number = block(of: record)
        blocks.change(number) { $0.used -= units }
        if blocks[number].used == 0, number != current, number != 0 { retire(number) }
    }

    /// Frees the bytes of a topic if they are outside its record.
    func releaseLong(_ record: UInt32) {
        let bytes = bytes(record)
        if bytes.count > Size.longestInside { bytes.deallocate() }
    }

    private func deallocateBlocks() {
        for block in blocks.elements { block.base?.deallocate() }
    }

    private mutating func clear() {
        deallocateBlocks()
        blocks.removeAll()
        vacant.removeAll()
        free.removeAll()
        (current, capacity, untouched) = (0, 0, 0)
    }
}

/// Free records: a doubly linked list for each size.
extension TopicRecords {
    private enum Link {
        static let next = 0
        static let previous = 1
        static let units = 2
    }

    fileprivate mutating func takeFree(_ units: Int) -> UInt32? {
        guard units < free.count, free[units] != Self.none else { return nil }
        let record = free[units]
        unlink(record)
        return record
    }

    fileprivate mutating func giveBack(_ record: UInt32, _ units: Int) {
        free.extend(to: units + 1, with: Self.none)
        let next = free[units]
        self[record, Link.next] = next
        self[record, Link.previous] = Self.none
        self[record, Link.units] = UInt32(units)
        if next != Self.none { self[next, Link.previous] = record }
        free[units] = record
    }

    /// Frees a block whose records are all free.
    fileprivate mutating func retire(_ number: Int) {
        var unit = 0
        while unit < blocks[number].carved {
            let record = UInt32(number << Size.bits | unit)
            unit += Int(self[record, Link.units])
            unlink(record)
        }
        blocks[number].base?.deallocate()
        blocks[number] = Block(base: nil)
        vacant.append(UInt32(number))
    }

    fileprivate func unlink(_ record: UInt32) {
        let (next, previous) = (self[record, Link.next], self[record, Link.previous])
        if next != Self.none { self[next, Link.previous] = previous }
        if previous != Self.none {
            self[previous, Link.next] = next
        } else {
            free[Int(self[record, Link.units])] = next
        }
    }
}
