/// Runs of bytes in one piece of memory, found by their offsets.
struct ByteArena: ~Copyable {
    private var bytes: [UInt8] = []
    /// The number of bytes that are no longer used.
    private(set) var garbage = 0

    /// Whether rebuilding the memory would free more than half of it.
    var isWasteful: Bool { garbage > 4096 && garbage > bytes.count / 2 }

    mutating func append(_ run: UnsafeRawBufferPointer) -> Int {
        let offset = bytes.count
        bytes.append(contentsOf: run)
        return offset
    }

    /// Appends a run of another arena.
    mutating func append(_ offset: Int, _ count: Int, of other: borrowing ByteArena) -> Int {
        other.withBytes(offset, count) { append($0) }
    }

    /// Appends a copy of a run that is already in this arena.
    mutating func appendAgain(_ offset: Int, _ count: Int) -> Int {
        copy(offset, count).withUnsafeBytes { append($0) }
    }

    /// A copy of a run, for use while the arena changes.
    func copy(_ offset: Int, _ count: Int) -> [UInt8] { Array(bytes[offset..<offset + count]) }

    mutating func discard(_ count: Int) { garbage += count }

    @inline(__always)
    subscript(offset: Int) -> UInt8 { bytes[offset] }

    @inline(__always)
    func withBytes<R>(_ offset: Int, _ count: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        bytes.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count]))
        }
    }

    /// How many bytes at `offset` and the beginning of `other` are the same; at most `count`.
    @inline(__always)
    func commonPrefix(_ offset: Int, _ count: Int, with other: UnsafeRawBufferPointer) -> Int {
        bytes.withUnsafeBytes { bytes in
            let most = min(count, other.count)
            var done = 0
            while most - done >= 8 {
                let word = bytes.loadUnaligned(fromByteOffset: offset + done, as: UInt64.self)
                let wanted = other.loadUnaligned(fromByteOffset: done, as: UInt64.self)
                guard word == wanted else { break }
                done += 8
            }
            while done < most, bytes[offset + done] == other[done] { done += 1 }
            return done
        }
    }
}
