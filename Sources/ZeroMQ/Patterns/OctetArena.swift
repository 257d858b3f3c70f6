/// Runs of octets, one after the other in one piece of memory, found by their offsets.
struct OctetArena: ~Copyable {
    private var octets: [UInt8] = []
    /// Octets that nobody refers to any more.
    private(set) var garbage = 0

    /// Whether making the memory anew would give back more than half of it.
    var isWasteful: Bool { garbage > 4096 && garbage > octets.count / 2 }

    mutating func append(_ run: UnsafeRawBufferPointer) -> Int {
        let offset = octets.count
        octets.append(contentsOf: run)
        return offset
    }

    /// Appends a run of another arena.
    mutating func append(_ offset: Int, _ count: Int, of other: borrowing OctetArena) -> Int {
        other.withOctets(offset, count) { append($0) }
    }

    /// Appends a copy of a run that is there already.
    mutating func appendAgain(_ offset: Int, _ count: Int) -> Int {
        copy(offset, count).withUnsafeBytes { append($0) }
    }

    /// A copy of a run, for use while the arena changes.
    func copy(_ offset: Int, _ count: Int) -> [UInt8] { Array(octets[offset..<offset + count]) }

    mutating func discard(_ count: Int) { garbage += count }

    @inline(__always)
    subscript(offset: Int) -> UInt8 { octets[offset] }

    @inline(__always)
    func withOctets<R>(_ offset: Int, _ count: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        octets.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count]))
        }
    }

    /// How many octets at `offset` and the beginning of `other` are the same; at most `count`.
    @inline(__always)
    func commonPrefix(_ offset: Int, _ count: Int, with other: UnsafeRawBufferPointer) -> Int {
        octets.withUnsafeBytes { octets in
            let most = min(count, other.count)
            var done = 0
            while most - done >= 8 {
                let word = octets.loadUnaligned(fromByteOffset: offset + done, as: UInt64.self)
                let wanted = other.loadUnaligned(fromByteOffset: done, as: UInt64.self)
                guard word == wanted else { break }
                done += 8
            }
            while done < most, octets[offset + done] == other[done] { done += 1 }
            return done
        }
    }
}
