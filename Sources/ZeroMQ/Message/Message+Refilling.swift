/// Messages that are received into again and again.
extension Message {
    /// Becomes a message of one frame with a copy of `count` bytes, where the bytes of the last
    /// one were if nobody else holds them.
    @inline(__always)
    mutating func refill(copying base: UnsafeRawPointer, count: Int) {
        guard count > InlineBytes.capacity else {
            body = .inline(InlineBytes(copying: base, count: count))
            return
        }
        if case .shared(var storage, _, _) = exchange(&body, with: .inline(InlineBytes())) {
            FrameStorage.refill(&storage, copying: base, count: count)
            body = .shared(storage, offset: 0, count: count)
        } else {
            let storage = FrameStorage.filled(copying: base, count: count)
            body = .shared(storage, offset: 0, count: count)
        }
    }
}

extension Frame {
    /// Holds a copy of `count` bytes, where its own were if nobody else holds them.
    fileprivate mutating func refill(copying base: UnsafeRawPointer, count: Int) {
        if count > InlineBytes.capacity,
            case .shared(var storage, _, _) = exchange(&body, with: .inline(InlineBytes()))
        {
            FrameStorage.refill(&storage, copying: base, count: count)
            body = .shared(storage, offset: 0, count: count)
        } else {
            self = Frame(copying: base, count: count)
        }
    }
}

extension FrameStorage {
    /// Has `storage` hold a copy of `count` bytes: in its own place if there is room in it and
    /// nobody else holds it.
    @inline(__always)
    fileprivate static func refill(
        _ storage: inout FrameStorage,
        copying base: UnsafeRawPointer,
        count: Int
    ) {
        if isKnownUniquelyReferenced(&storage), storage.room >= count {
            storage.base.copyShort(from: base, count: count)
        } else {
            storage = filled(copying: base, count: count)
        }
    }

    /// New storage with a copy of `count` bytes, and a little room to spare for the next ones.
    @inline(never)
    fileprivate static func filled(copying base: UnsafeRawPointer, count: Int) -> FrameStorage {
        let storage = allocate((count + 63) & ~63)
        storage.base.copyMemory(from: base, byteCount: count)
        return storage
    }
}

/// The frames of a message that is received into, which take the places of the last one's.
struct FrameRefill {
    private var frames: [Frame]
    private var count = 0

    /// Takes the frames out of a message that is not needed any more, if it has several.
    init(of message: inout Message) {
        if case .frames(let frames) = exchange(&message.body, with: .inline(InlineBytes())) {
            self.frames = frames
        } else {
            frames = []
            frames.reserveCapacity(4)
        }
    }

    mutating func add(_ frame: Frame) {
        if count < frames.count { frames[count] = frame } else { frames.append(frame) }
        count += 1
    }

    mutating func add(copying base: UnsafeRawPointer, count bytes: Int) {
        if count < frames.count {
            frames[count].refill(copying: base, count: bytes)
        } else {
            frames.append(Frame(copying: base, count: bytes))
        }
        count += 1
    }

    /// The message of all frames that were added, which must be more than one.
    consuming func finish() -> Message {
        if frames.count > count { frames.removeLast(frames.count - count) }
        return Message(body: .frames(frames))
    }
}
