/// Messages that are received into again and again.
extension Message {
    /// Becomes a message of one frame with a copy of `count` octets, where the octets of the last
    /// one were if nobody else holds them.
    @inline(__always)
    mutating func refill(copying base: UnsafeRawPointer, count: Int) {
        guard count > InlineBytes.capacity else {
            body = .inline(InlineBytes(copying: base, count: count))
            return
        }
        if case .shared(var storage, _, _) = exchange(&body, with: .inline(InlineBytes())),
            isKnownUniquelyReferenced(&storage), storage.room >= count
        {
            storage.base.copyMemory(from: base, byteCount: count)
            body = .shared(storage, offset: 0, count: count)
        } else {
            fillAnew(copying: base, count: count)
        }
    }

    /// The same with new memory, and a little of it to spare for the next message.
    @inline(never)
    private mutating func fillAnew(copying base: UnsafeRawPointer, count: Int) {
        let storage = FrameStorage.allocate((count + 63) & ~63)
        storage.base.copyMemory(from: base, byteCount: count)
        body = .shared(storage, offset: 0, count: count)
    }
}
