/// One or more frames that travel together: all of them arrive, or none.
///
/// A message is a value and the unit of sending and receiving. Most messages have one frame; such a
/// message allocates no array, and none at all if the frame holds at most 30 bytes.
public struct Message: Sendable {
    @usableFromInline
    enum Body: @unchecked Sendable {
        // Sendable because the bytes in a storage do not change once it is shared.
        case inline(InlineBytes)
        case shared(FrameStorage, offset: Int, count: Int)
        /// Any number of frames but one.
        case frames([Frame])
        /// A message, and what is known of where it came from.
        case described(DescribedMessage)
    }

    @usableFromInline var body: Body

    @inlinable
    init(body: Body) { self.body = body }

    /// Makes a message of one frame.
    @inlinable
    public init(_ frame: Frame) {
        switch frame.body {
        case .inline(let bytes): body = .inline(bytes)
        case .shared(let storage, let offset, let count):
            body = .shared(storage, offset: offset, count: count)
        }
    }

    /// Makes a message of the given frames, in order.
    public init(frames: some Sequence<Frame>) {
        let frames = Array(frames)
        self = frames.count == 1 ? Message(frames[0]) : Message(body: .frames(frames))
    }

    /// Makes a message of one frame that holds `bytes`.
    @inlinable
    public init(_ bytes: [UInt8]) { self.init(Frame(bytes)) }

    /// Makes a message of one frame that holds the UTF-8 form of `string`.
    @inlinable
    public init(_ string: String) { self.init(Frame(string)) }

    /// Makes a message of one frame that holds a copy of `bytes`.
    @inlinable
    public init(copying bytes: UnsafeRawBufferPointer) { self.init(Frame(copying: bytes)) }

    /// How many bytes all frames hold together.
    public var byteCount: Int {
        switch body {
        case .inline(let bytes): Int(bytes.count)
        case .shared(_, _, let count): count
        case .frames(let frames): frames.reduce(0) { $0 + $1.count }
        case .described(let described): described.frames.reduce(0) { $0 + $1.count }
        }
    }

    /// Gives `body` the bytes of the first frame, which are valid until it returns.
    @inlinable
    public func withUnsafeBytes<R, E>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        switch self.body {
        case .inline(let bytes):
            return try bytes.withUnsafeBytes(body)
        case .shared(let storage, let offset, let count):
            let buffer = UnsafeRawBufferPointer(start: storage.base + offset, count: count)
            defer { withExtendedLifetime(storage) {} }
            return try body(buffer)
        case .frames, .described:
            return try firstFrame.withUnsafeBytes(body)
        }
    }

    /// The first of several frames. Out of line, so that what is common stays small enough to be
    /// inlined.
    @usableFromInline
    @inline(never)
    var firstFrame: Frame { frameArray?.first ?? Frame() }
}

extension Message: RandomAccessCollection {
    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { count }

    /// How many frames the message has.
    @inlinable
    public var count: Int {
        switch body {
        case .frames(let frames): frames.count
        case .described(let described): described.frames.count
        case .inline, .shared: 1
        }
    }

    @inlinable
    public subscript(index: Int) -> Frame {
        switch body {
        case .frames(let frames): return frames[index]
        case .described(let described): return described.frames[index]
        case .inline(let bytes):
            precondition(index == 0, "a message of one frame has no other")
            return Frame(body: .inline(bytes))
        case .shared(let storage, let offset, let count):
            precondition(index == 0, "a message of one frame has no other")
            return Frame(body: .shared(storage, offset: offset, count: count))
        }
    }
}

extension Message: RangeReplaceableCollection {
    /// Makes a message without frames. Sent as it is, it becomes one empty frame.
    public init() { body = .frames([]) }

    /// Puts frames in place of others: envelopes are inserted and removed like elements of an
    /// array.
    public mutating func replaceSubrange(
        _ subrange: Range<Int>,
        with newElements: some Collection<Frame>
    ) {
        var frames = Array(self)
        frames.replaceSubrange(subrange, with: newElements)
        self = Message(frames: frames)
    }
}

extension Message: Hashable {
    /// Frame by frame and not as sequences, for which the runtime looks types up under a lock: a
    /// child that is forked at that moment finds the lock held, and no thread to release it.
    public static func == (left: Message, right: Message) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where left[index] != right[index] { return false }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for frame in self { hasher.combine(frame) }
    }
}

extension Message: ExpressibleByStringInterpolation, ExpressibleByArrayLiteral {
    public init(stringLiteral value: String) { self.init(value) }
    public init(arrayLiteral elements: Frame...) { self.init(frames: elements) }
}

extension Message: CustomStringConvertible {
    public var description: String {
        "[" + map(\.description).joined(separator: ", ") + "]"
    }
}
