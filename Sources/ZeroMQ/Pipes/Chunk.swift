internal import Synchronization

/// One piece of a stream's memory: this header, then bytes in wire format.
///
/// The producer allocates chunks and links them; the consumer frees them, or hands one back through
/// the stream's spare slot. Frames never straddle two chunks; messages may.
struct Chunk: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<Chunk>

    /// Bytes past the usable end, so that copies in whole words may read and write beyond it.
    static let slack = 64
    static let smallest = 2048
    static let largest = 131072

    /// The stream position of the first byte. Written before the chunk is linked.
    var start: UInt64
    /// The number of usable bytes.
    var capacity: Int
    /// Whether the chunk counts among the `LargeChunks`.
    private(set) var isLarge = false
    /// The position one past the last byte; `UInt64.max` while the producer still writes here.
    ///
    /// Relaxed: the consumer reads it after the acquiring load of `StreamShared.published` that
    /// showed bytes beyond this chunk, and the producer sets the end before it publishes those.
    let end: Atomic<UInt64>
    /// The chunk that follows. Relaxed, for the same reason as `end`.
    let next: Atomic<UInt>
    /// The offset of the first message that begins in this chunk, and the number of messages before
    /// it; see `Boundary`.
    let boundary: Atomic<UInt64>

    init(start: UInt64, capacity: Int) {
        self.start = start
        self.capacity = capacity
        self.end = Atomic(UInt64.max)
        self.next = Atomic(0)
        self.boundary = Atomic(Boundary.none)
    }

    /// Makes a chunk with room for `capacity` bytes, and slack.
    static func allocate(start: UInt64, capacity: Int) -> Pointer {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: headerSize + capacity + slack,
            alignment: 64
        )
        let chunk = memory.bindMemory(to: Chunk.self, capacity: 1)
        chunk.initialize(to: Chunk(start: start, capacity: capacity))
        return chunk
    }

    /// Allocates a large chunk; nil if the process has its maximum already.
    static func allocateLarge(start: UInt64) -> Pointer? {
        guard LargeChunks.shared.admit() else { return nil }
        let chunk = allocate(start: start, capacity: LargeChunks.capacity)
        chunk.pointee.isLarge = true
        return chunk
    }

    /// Resets a used chunk.
    static func reused(_ chunk: Pointer, start: UInt64) -> Pointer {
        chunk.pointee.start = start
        chunk.pointee.end.store(.max, ordering: .relaxed)
        chunk.pointee.next.store(0, ordering: .relaxed)
        chunk.pointee.boundary.store(Boundary.none, ordering: .relaxed)
        return chunk
    }

    static func free(_ chunk: Pointer) {
        if chunk.pointee.isLarge { LargeChunks.shared.dismiss() }
        chunk.deinitialize(count: 1)
        UnsafeMutableRawPointer(chunk).deallocate()
    }

    /// Frees `chunk` and all chunks that follow it.
    static func freeChain(_ chunk: Pointer?) {
        var current = chunk
        while let chunk = current {
            current = following(chunk)
            free(chunk)
        }
    }

    @inline(__always)
    static func following(_ chunk: Pointer) -> Pointer? {
        Pointer(bitPattern: chunk.pointee.next.load(ordering: .relaxed))
    }

    /// The first usable byte.
    @inline(__always)
    static func bytes(_ chunk: Pointer) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(chunk) + headerSize
    }

    /// The byte at a position of the stream, which must lie in this chunk or just behind it.
    @inline(__always)
    static func byte(_ chunk: Pointer, at position: UInt64) -> UnsafeMutableRawPointer {
        bytes(chunk) + Int(truncatingIfNeeded: position &- chunk.pointee.start)
    }

    static let headerSize = 64
}

/// A message boundary inside a chunk: 32 bits of offset, 32 bits of the count of messages before
/// it.
///
/// Written once by the producer when a message begins in the chunk; read by a consumer that
/// acknowledges whole chunks. Relaxed: the consumer uses it only for bytes already published.
enum Boundary {
    static let none = UInt64.max

    static func pack(offset: Int, messages: UInt64) -> UInt64 {
        UInt64(truncatingIfNeeded: offset) << 32 | (messages & 0xffff_ffff)
    }

    static func offset(_ boundary: UInt64) -> UInt64 { boundary >> 32 }
    static func messages(_ boundary: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: boundary) }
}
