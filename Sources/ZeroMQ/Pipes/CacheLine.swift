/// Padding that keeps the two threads of a pipe out of each other's cache lines.
///
/// Two lines of 64 bytes, because the prefetcher of current processors fetches them in pairs.
struct CacheLinePadding {
    private let words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0, 0)
    private let more: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0)
}

/// Memory that shares no cache line with other data.
///
/// Two threads that write to different words of one line slow each other down as if they wrote to
/// the same word.
enum CacheLine {
    static let size = 64

    /// Allocates one line, uninitialised.
    static func allocate() -> UnsafeMutableRawPointer {
        .allocate(byteCount: size, alignment: size)
    }

    /// Allocates pairs of lines, aligned to pairs, uninitialised.
    static func allocatePairs(bytes: Int) -> UnsafeMutableRawPointer {
        .allocate(byteCount: bytes, alignment: 2 * size)
    }

    /// The size of a value, rounded up to whole pairs of lines.
    static func bytesOfPairs<Value: ~Copyable>(for _: Value.Type) -> Int {
        (MemoryLayout<Value>.size + 2 * size - 1) & ~(2 * size - 1)
    }
}
