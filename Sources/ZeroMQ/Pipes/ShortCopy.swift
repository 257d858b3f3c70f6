/// Copies of few bytes, for which a function call would cost more than the copy.
extension UnsafeMutableRawPointer {
    /// Copies exactly `count` bytes. Up to 64 of them are copied in place, in overlapping words.
    @inline(__always)
    func copyShort(from source: UnsafeRawPointer, count: Int) {
        if count > 64 {
            copyMemory(from: source, byteCount: count)
        } else if count > 32 {
            copyEnds(SIMD32<UInt8>.self, from: source, count: count)
        } else if count > 16 {
            copyEnds(SIMD16<UInt8>.self, from: source, count: count)
        } else if count >= 8 {
            copyEnds(UInt64.self, from: source, count: count)
        } else if count >= 4 {
            copyEnds(UInt32.self, from: source, count: count)
        } else {
            for index in 0..<count {
                let byte = source.load(fromByteOffset: index, as: UInt8.self)
                storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
            }
        }
    }

    /// Copies the first and the last word of a range of one to two words.
    @inline(__always)
    private func copyEnds<Word: BitwiseCopyable>(
        _: Word.Type,
        from source: UnsafeRawPointer,
        count: Int
    ) {
        let last = count - MemoryLayout<Word>.size
        let head = source.loadUnaligned(as: Word.self)
        let tail = source.loadUnaligned(fromByteOffset: last, as: Word.self)
        storeBytes(of: head, as: Word.self)
        storeBytes(of: tail, toByteOffset: last, as: Word.self)
    }
}
