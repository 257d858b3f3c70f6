/// Frames whose bytes are not copied: what they are made of stays where it is.
///
/// Sending such a frame does not copy it either from 32 KiB on; smaller ones are copied into the
/// queue, which costs less.
extension Frame {
    /// Makes a frame of an array, which it keeps instead of copying it.
    public init(consuming array: consuming [UInt8]) {
        guard array.count > InlineBytes.capacity else {
            self.init(array)
            return
        }
        let count = array.count
        let kept = array
        // The elements of an array that is not changed stay at one address for as long as it is
        // kept, which the closure does.
        guard let base = kept.withUnsafeBytes({ $0.baseAddress }) else {
            self.init()
            return
        }
        let storage = FrameStorage.adopt(base) { withExtendedLifetime(kept) {} }
        self.init(body: .shared(storage, offset: 0, count: count))
    }

    /// Makes a frame of foreign memory, which must not change from now on.
    ///
    /// `release` is called exactly once: when the frame, its copies and everything they were sent
    /// with have let go of the memory. Any thread may call it, this one within the call included.
    /// It must not wait, and must not use the socket that the frame was sent with.
    ///
    /// C: `zmq_msg_init_data`.
    public init(
        referringTo bytes: UnsafeRawBufferPointer,
        release: @escaping @Sendable () -> Void
    ) {
        guard let base = bytes.baseAddress, bytes.count > InlineBytes.capacity else {
            self.init(copying: bytes)
            release()
            return
        }
        let storage = FrameStorage.adopt(base, release: release)
        self.init(body: .shared(storage, offset: 0, count: bytes.count))
    }
}

extension Message {
    /// Makes a message of one frame of an array, which it keeps instead of copying it.
    public init(consuming array: consuming [UInt8]) { self.init(Frame(consuming: array)) }
}
