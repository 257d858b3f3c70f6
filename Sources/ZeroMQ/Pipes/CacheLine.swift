/// Padding that keeps the two threads of a pipe off each other's cache lines.
///
/// Two lines of 64 octets, because the prefetcher of current processors fetches them in pairs.
struct CacheLinePadding {
    private let words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0, 0)
    private let more: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0)
}

/// Memory that shares no cache line with anything else.
///
/// Two threads that write to different words of one line slow each other down as if they wrote to
/// the same word.
enum CacheLine {
    static let size = 64

    /// One line, not initialised.
    static func allocate() -> UnsafeMutableRawPointer {
        .allocate(byteCount: size, alignment: size)
    }

    /// Room for one value, not initialised, in lines of its own.
    static func allocate<Value: ~Copyable>(_: Value.Type) -> UnsafeMutablePointer<Value> {
        let count = (MemoryLayout<Value>.size + size - 1) & ~(size - 1)
        return UnsafeMutableRawPointer.allocate(byteCount: count, alignment: size)
            .bindMemory(to: Value.self, capacity: 1)
    }
}
