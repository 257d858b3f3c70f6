internal import Synchronization

/// A large body that travels beside its stream instead of being copied into it.
///
/// The stream holds the frame's header; the body belongs at `position`, right behind it. Nodes form
/// a queue of their own in the order of the stream. The consumer releases each body exactly once.
struct BodyReference: ~Copyable {
    typealias Pointer = UnsafeMutablePointer<BodyReference>

    /// The position in the stream just behind the body's header.
    let position: UInt64
    let storage: Unmanaged<FrameStorage>
    let base: UnsafeRawPointer
    let count: Int
    /// If the body ends a message: the count of messages sent up to and including it; otherwise 0.
    let messagesThrough: UInt64
    /// The producer links a node with a releasing store. The consumer's acquiring load in
    /// `following` may see the node before its message is published; the ordering makes the node's
    /// fields visible then.
    let next: Atomic<UInt>

    static func make(
        position: UInt64,
        storage: FrameStorage,
        base: UnsafeRawPointer,
        count: Int,
        messagesThrough: UInt64
    ) -> Pointer {
        let node = Pointer.allocate(capacity: 1)
        node.initialize(
            to: BodyReference(
                position: position,
                storage: .passRetained(storage),
                base: base,
                count: count,
                messagesThrough: messagesThrough,
                next: Atomic(0)
            )
        )
        return node
    }

    /// Frees the node and gives the body to the caller.
    static func take(_ node: Pointer) -> FrameStorage {
        let storage = node.pointee.storage.takeRetainedValue()
        free(node)
        return storage
    }

    /// Frees a node whose body has been released or taken.
    static func free(_ node: Pointer) {
        node.deinitialize(count: 1)
        node.deallocate()
    }

    @inline(__always)
    static func following(_ node: Pointer) -> Pointer? {
        Pointer(bitPattern: node.pointee.next.load(ordering: .acquiring))
    }
}
