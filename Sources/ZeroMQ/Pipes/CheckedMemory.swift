/// Memory that receives a peer's bytes. Lengths are checked in release builds too: a wrong length
/// must end the process before anything is written past the end.
extension UnsafeMutableRawBufferPointer {
    /// The part from `start` up to `end`.
    @inline(__always)
    init(from start: UnsafeMutableRawPointer, to end: UnsafeMutableRawPointer) {
        precondition(end >= start, "a buffer ends before it begins")
        self.init(start: start, count: end - start)
    }

    /// Copies all of `source` to the beginning of this buffer.
    @inline(__always)
    func fill(from source: UnsafeRawBufferPointer) {
        precondition(source.count <= count, "more bytes than there is room for")
        guard let from = source.baseAddress, let to = baseAddress else { return }
        to.copyMemory(from: from, byteCount: source.count)
    }
}
