/// Reads records of topics: where the blocks are, and the layout of a record.
struct TopicRecordView: BitwiseCopyable {
    struct Block: BitwiseCopyable {
        /// Nil if the block was freed.
        var base: UnsafeMutableRawPointer?
        /// Units in records that are in use; and below, units in all records, set once the block is
        /// full.
        var used = 0
        var carved = 0
    }

    enum Size {
        static let unit = 4
        /// Units in a whole block; the low bits of a reference are the unit's number within its
        /// block.
        static let block = 1 << bits
        static let bits = 14
        /// Units in the first block while the table is small.
        static let firstBlock = 64
        /// Units in the smallest record: a free record has to hold its neighbours and its size.
        static let smallestRecord = 3
        /// The longest topic whose bytes are in its record; and below, the length byte of longer
        /// ones.
        static let longestInside = 254
        static let outside: UInt8 = 255
        /// Bytes of a long topic's record: the length byte, the count, the address.
        static let reference = 13
    }

    let blocks: UnsafeMutablePointer<Block>?
    let wordsPerRecord: Int

    @inline(__always)
    private func address(_ record: UInt32) -> UnsafeMutableRawPointer {
        let block = blocks.unsafelyUnwrapped[Int(record >> UInt32(Size.bits))]
        let unit = Int(record & UInt32(Size.block - 1))
        return block.base.unsafelyUnwrapped + unit * Size.unit
    }

    @inline(__always)
    subscript(record: UInt32, word: Int) -> UInt32 {
        get { address(record).load(fromByteOffset: word * Size.unit, as: UInt32.self) }
        nonmutating set {
            address(record).storeBytes(
                of: newValue,
                toByteOffset: word * Size.unit,
                as: UInt32.self
            )
        }
    }

    /// The part after the words: the length, then the bytes or their address.
    @inline(__always)
    func body(_ record: UInt32) -> UnsafeMutableRawPointer {
        address(record) + wordsPerRecord * Size.unit
    }

    @inline(__always)
    func bytes(_ record: UInt32) -> UnsafeRawBufferPointer {
        let body = body(record)
        let length = body.load(as: UInt8.self)
        if length == Size.outside { return bytesOutside(body) }
        return UnsafeRawBufferPointer(start: body + 1, count: Int(length))
    }

    @inline(never)
    private func bytesOutside(_ body: UnsafeMutableRawPointer) -> UnsafeRawBufferPointer {
        let count = (body + 1).loadUnaligned(as: UInt32.self)
        let address = (body + 5).loadUnaligned(as: UInt.self)
        return UnsafeRawBufferPointer(
            start: UnsafeRawPointer(bitPattern: address),
            count: Int(count)
        )
    }

    /// Whether a record's topic equals `bytes`.
    @inline(__always)
    func isEqual(_ record: UInt32, to topic: UnsafeRawBufferPointer) -> Bool {
        let bytes = bytes(record)
        guard bytes.count == topic.count else { return false }
        guard let mine = bytes.baseAddress, let other = topic.baseAddress else { return true }
        let count = bytes.count
        if count < 8 {
            return InlineBytes.loadFew(from: mine, count: count)
                == InlineBytes.loadFew(from: other, count: count)
        }
        var position = 0
        while position < count {
            // The last word overlaps the one before it.
            position = min(position, count - 8)
            let word = (mine + position).loadUnaligned(as: UInt64.self)
            guard word == (other + position).loadUnaligned(as: UInt64.self) else { return false }
            position += 8
        }
        return true
    }
}
