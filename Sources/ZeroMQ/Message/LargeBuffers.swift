internal import ZeroMQReactor

/// Memory for large frames, kept for the next one instead of going back to the system each time.
///
/// Fresh memory of this size costs more to clear, page by page, than to fill. Buffers come in
/// powers of two and quarters between them; the one given back last is handed out first, as it is
/// likely to be in a cache. What is kept is bounded.
enum LargeBuffers {
    /// Frames from this size on use these buffers.
    static let smallest = 65536
    /// Sizes beyond this are rare enough to go to the system.
    private static let largest = 64 << 20
    /// Bytes that may be kept for later.
    private static let mostKept = 64 << 20

    private struct Shelf {
        var buffers: [Int: [UnsafeMutableRawPointer]] = [:]
        var kept = 0
    }

    private static let shelf = Locked(Shelf())

    /// The capacity that a request for `count` bytes gets: at most a quarter more.
    static func capacity(for count: Int) -> Int {
        guard count <= largest else { return count }
        let step = max(4096, (1 << (Int.bitWidth - 1 - count.leadingZeroBitCount)) / 4)
        return (count + step - 1) / step * step
    }

    static func take(_ capacity: Int) -> UnsafeMutableRawPointer {
        let kept = shelf.withLock { shelf -> UnsafeMutableRawPointer? in
            guard let buffer = shelf.buffers[capacity]?.popLast() else { return nil }
            shelf.kept -= capacity
            return buffer
        }
        return kept ?? UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
    }

    static func giveBack(_ buffer: UnsafeMutableRawPointer, capacity: Int) {
        let isKept = shelf.withLock { shelf in
            guard capacity <= largest, shelf.kept + capacity <= mostKept else { return false }
            shelf.buffers[capacity, default: []].append(buffer)
            shelf.kept += capacity
            return true
        }
        if !isKept { buffer.deallocate() }
    }
}
