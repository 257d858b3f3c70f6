/// The bytes of one frame that is too large for a value, shared by everyone who holds the frame.
///
/// Up to a certain size one allocation holds the object and its bytes; beyond that the bytes are
/// in a buffer of `LargeBuffers`. They are written before the storage is shared and never after.
/// Foreign memory is given back by a closure, when the last holder has let go.
@usableFromInline
final class FrameStorage: ManagedBuffer<FrameStorage.Header, UInt8> {
    @usableFromInline
    struct Header {
        /// The first byte. Valid as long as the storage lives.
        @usableFromInline let base: UnsafeMutableRawPointer
        /// How many bytes of our own there is room for; 0 if the memory is foreign.
        let room: Int
        /// What `LargeBuffers` gave, or 0 if the bytes are in the object.
        let largeCapacity: Int
        /// Gives foreign memory back; nil if the memory is our own.
        let release: (@Sendable () -> Void)?
    }

    deinit {
        withUnsafeMutablePointerToHeader { header in
            header.pointee.release?()
            guard header.pointee.largeCapacity > 0 else { return }
            LargeBuffers.giveBack(header.pointee.base, capacity: header.pointee.largeCapacity)
        }
    }

    /// Makes storage with room for `capacity` bytes, not yet written.
    @usableFromInline
    static func allocate(_ capacity: Int) -> FrameStorage {
        capacity < LargeBuffers.smallest ? allocateInline(capacity) : allocateLarge(capacity)
    }

    private static func allocateInline(_ capacity: Int) -> FrameStorage {
        let buffer = FrameStorage.create(minimumCapacity: max(capacity, 1)) { buffer in
            let base = buffer.withUnsafeMutablePointerToElements { UnsafeMutableRawPointer($0) }
            return Header(base: base, room: capacity, largeCapacity: 0, release: nil)
        }
        return unsafeDowncast(buffer, to: FrameStorage.self)
    }

    private static func allocateLarge(_ capacity: Int) -> FrameStorage {
        let rounded = LargeBuffers.capacity(for: capacity)
        let buffer = FrameStorage.create(minimumCapacity: 0) { _ in
            let base = LargeBuffers.take(rounded)
            return Header(base: base, room: rounded, largeCapacity: rounded, release: nil)
        }
        return unsafeDowncast(buffer, to: FrameStorage.self)
    }

    /// Makes storage of foreign memory, whose owner learns by `release` that it is
    /// not used any more.
    static func adopt(
        _ base: UnsafeRawPointer,
        release: @escaping @Sendable () -> Void
    ) -> FrameStorage {
        let buffer = FrameStorage.create(minimumCapacity: 0) { _ in
            // Nobody writes to a storage that was made whole.
            let base = UnsafeMutableRawPointer(mutating: base)
            return Header(base: base, room: 0, largeCapacity: 0, release: release)
        }
        return unsafeDowncast(buffer, to: FrameStorage.self)
    }

    /// The first byte. Valid as long as the storage lives.
    ///
    /// Read through a pointer: the header never changes, and `header` would be guarded against
    /// changes each time.
    @inlinable
    var base: UnsafeMutableRawPointer { withUnsafeMutablePointerToHeader { $0.pointee.base } }

    /// How many bytes may be written here by the only holder of the storage.
    var room: Int { withUnsafeMutablePointerToHeader { $0.pointee.room } }
}
