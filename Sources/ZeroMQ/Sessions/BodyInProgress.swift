internal import ZeroMQProtocol

/// A long body while it arrives: storage that grows with octets received, not with octets
/// announced.
struct BodyInProgress {
    let count: Int
    let hasMore: Bool
    private(set) var storage: FrameStorage
    private var capacity: Int
    /// Where in the storage the body begins.
    let offset: Int
    var received = 0

    /// What is allocated for a body on its announcement alone.
    private static let firstCapacity = 128 << 10
    /// How many times the octets received may be allocated: few copies, and little on a promise.
    private static let growth = 8

    init(count: Int, hasMore: Bool) {
        self.count = count
        self.hasMore = hasMore
        capacity = min(count, Self.firstCapacity)
        storage = FrameStorage.allocate(capacity)
        offset = 0
    }

    /// A body that has arrived whole, out of a box.
    init(whole storage: FrameStorage, offset: Int, count: Int, flags: FrameFlags) {
        self.count = count
        self.storage = storage
        self.offset = offset
        hasMore = flags.contains(.more)
        capacity = count
        received = count
    }

    mutating func append(_ octets: UnsafeRawBufferPointer) {
        guard let base = octets.baseAddress, octets.count > 0 else { return }
        room().baseAddress?.copyMemory(from: base, byteCount: octets.count)
        received += octets.count
    }

    /// Where the next octets go.
    mutating func room() -> UnsafeMutableRawBufferPointer {
        if received == capacity, capacity < count { grow() }
        return UnsafeMutableRawBufferPointer(
            start: storage.base + received,
            count: capacity - received
        )
    }

    private mutating func grow() {
        let larger = min(count, capacity * Self.growth)
        let fresh = FrameStorage.allocate(larger)
        fresh.base.copyMemory(from: storage.base, byteCount: received)
        storage = fresh
        capacity = larger
    }
}
