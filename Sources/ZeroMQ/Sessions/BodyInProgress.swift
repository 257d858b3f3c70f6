internal import ZeroMQProtocol

/// A long body while it arrives: storage that grows with bytes received, not with bytes announced.
///
/// Peers decide what is copied and received here, so every length is checked, in release builds
/// too.
struct BodyInProgress {
    let count: Int
    let hasMore: Bool
    private(set) var storage: FrameStorage
    /// The offset of the body in the storage.
    let offset: Int
    private(set) var received = 0
    /// The number of bytes that the storage has room for.
    private var capacity: Int

    /// The most that is allocated on the announcement of a body, before any of it has arrived.
    private static let firstCapacity = 128 << 10
    /// Allocates up to this many times the bytes received: few copies, and little memory on a
    /// promise.
    private static let growth = 8
    /// From this size on, growth is by two: a copy costs less than memory that may never be used.
    private static let large = 1 << 20

    init(count: Int, hasMore: Bool) {
        self.count = count
        self.hasMore = hasMore
        capacity = min(count, Self.firstCapacity)
        storage = FrameStorage.allocate(capacity)
        offset = 0
    }

    /// A body that arrived whole, decrypted from a box.
    init(whole storage: FrameStorage, offset: Int, count: Int, flags: FrameFlags) {
        precondition(offset + count <= storage.room, "a body is longer than its storage")
        self.count = count
        self.storage = storage
        self.offset = offset
        hasMore = flags.contains(.more)
        capacity = count
        received = count
    }

    /// Appends bytes that were received elsewhere, at most as many as the body still lacks.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        makeRoom(for: bytes.count)
        room().fill(from: bytes)
        noteReceived(bytes.count)
    }

    /// The memory that the next bytes are received into.
    mutating func room() -> UnsafeMutableRawBufferPointer {
        if received < count { makeRoom(for: 1) }
        return UnsafeMutableRawBufferPointer(
            from: storage.base + received,
            to: storage.base + capacity
        )
    }

    /// Notes that `count` bytes were written into the room.
    mutating func noteReceived(_ count: Int) {
        precondition(count >= 0 && count <= capacity - received, "a body has outgrown its storage")
        received += count
    }

    private mutating func makeRoom(for wanted: Int) {
        precondition(wanted <= count - received, "a body has outgrown its announcement")
        guard capacity - received < wanted else { return }
        var larger = capacity
        while larger - received < wanted {
            larger = min(count, larger * (larger < Self.large ? Self.growth : 2))
        }
        let fresh = FrameStorage.allocate(larger)
        fresh.base.copyMemory(from: storage.base, byteCount: received)
        storage = fresh
        capacity = larger
    }
}
