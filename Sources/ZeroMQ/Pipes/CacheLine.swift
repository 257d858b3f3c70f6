/// Padding that keeps the two threads of a pipe off each other's cache lines.
///
/// Two lines of 64 octets, because the prefetcher of current processors fetches them in pairs.
struct CacheLinePadding {
    private let words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0, 0)
    private let more: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0)
}
