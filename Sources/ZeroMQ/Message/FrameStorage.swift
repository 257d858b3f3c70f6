/// The octets of one large frame, shared by everyone who holds the frame.
///
/// One allocation holds the object and its octets. They are written before the storage is shared
/// and never after.
@usableFromInline
final class FrameStorage: ManagedBuffer<FrameStorage.Header, UInt8> {
    @usableFromInline
    struct Header {
        @usableFromInline var capacity: Int

        @usableFromInline init(capacity: Int) { self.capacity = capacity }
    }

    /// Makes storage with room for `capacity` octets, not yet written.
    @usableFromInline
    static func allocate(_ capacity: Int) -> FrameStorage {
        let buffer = FrameStorage.create(minimumCapacity: max(capacity, 1)) { _ in
            Header(capacity: capacity)
        }
        return unsafeDowncast(buffer, to: FrameStorage.self)
    }

    /// Makes storage that holds a copy of `count` octets.
    static func copying(_ base: UnsafeRawPointer, count: Int) -> FrameStorage {
        let storage = allocate(count)
        storage.base.copyMemory(from: base, byteCount: count)
        return storage
    }

    /// The first octet. Valid as long as the storage lives.
    @usableFromInline
    var base: UnsafeMutableRawPointer {
        withUnsafeMutablePointerToElements { UnsafeMutableRawPointer($0) }
    }
}
