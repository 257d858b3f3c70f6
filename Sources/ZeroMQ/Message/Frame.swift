/// One part of a message: a run of bytes.
///
/// A frame is a value. Up to 30 bytes live in the value itself; larger frames share their storage
/// when they are copied, so sending one frame to a thousand peers copies references only.
public struct Frame: Sendable {
    @usableFromInline
    enum Body: @unchecked Sendable {
        // Sendable because the bytes in a storage do not change once it is shared.
        case inline(InlineBytes)
        case shared(FrameStorage, offset: Int, count: Int)
    }

    @usableFromInline var body: Body

    @inlinable
    init(body: Body) { self.body = body }

    /// Makes an empty frame.
    @inlinable
    public init() { body = .inline(InlineBytes()) }

    /// Makes a frame that holds a copy of `bytes`.
    @inlinable
    public init(copying bytes: UnsafeRawBufferPointer) {
        if let base = bytes.baseAddress {
            self.init(copying: base, count: bytes.count)
        } else {
            self.init()
        }
    }

    @inlinable
    init(copying base: UnsafeRawPointer, count: Int) {
        if count <= InlineBytes.capacity {
            body = .inline(InlineBytes(copying: base, count: count))
        } else {
            let storage = FrameStorage.allocate(count)
            storage.base.copyMemory(from: base, byteCount: count)
            body = .shared(storage, offset: 0, count: count)
        }
    }

    /// Makes a frame that holds `bytes`.
    @inlinable
    public init(_ bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { Frame(copying: $0) }
    }

    /// Makes a frame that holds the UTF-8 form of `string`, without a terminator.
    @inlinable
    public init(_ string: String) {
        var string = string
        self = string.withUTF8 { Frame(copying: UnsafeRawBufferPointer($0)) }
    }

    /// Makes a frame of `count` bytes, which `initialize` writes.
    public init(count: Int, initializingWith initialize: (UnsafeMutableRawBufferPointer) -> Void) {
        let storage = FrameStorage.allocate(count)
        initialize(UnsafeMutableRawBufferPointer(start: storage.base, count: count))
        body = .shared(storage, offset: 0, count: count)
    }

    /// How many bytes the frame holds.
    @inlinable
    public var count: Int {
        switch body {
        case .inline(let bytes): Int(bytes.count)
        case .shared(_, _, let count): count
        }
    }

    /// Gives `body` the bytes of the frame, which are valid until it returns.
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
        }
    }
}

extension Frame: RandomAccessCollection {
    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { count }

    @inlinable
    public subscript(index: Int) -> UInt8 {
        withUnsafeBytes { $0[index] }
    }

    /// Gives `body` the bytes as one run, so that an array is made of a frame in one copy.
    @inlinable
    public func withContiguousStorageIfAvailable<R>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> R
    ) rethrows -> R? {
        try withUnsafeBytes { try $0.withMemoryRebound(to: UInt8.self, body) }
    }
}

extension Frame: Hashable {
    public static func == (left: Frame, right: Frame) -> Bool {
        left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in areEqual(left, right) }
        }
    }

    /// Compares in words: topics are compared again and again, and may be long.
    private static func areEqual(
        _ left: UnsafeRawBufferPointer,
        _ right: UnsafeRawBufferPointer
    ) -> Bool {
        guard left.count == right.count else { return false }
        var offset = 0
        while left.count - offset >= 8 {
            let word = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard word == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else {
                return false
            }
            offset += 8
        }
        return left[offset...].elementsEqual(right[offset...])
    }

    public func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension Frame: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self.init(value) }
}

extension Frame: CustomStringConvertible {
    /// The frame as text if it is printable, else its bytes in hexadecimal.
    public var description: String {
        let isText = allSatisfy { $0 >= 0x20 && $0 < 0x7f }
        if isText { return String(self) }
        return map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined(separator: " ")
    }
}

extension String {
    /// Makes a string from a frame's bytes; what is not UTF-8 becomes U+FFFD.
    public init(_ frame: Frame) {
        self = frame.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Makes a string from the first frame of a message; what is not UTF-8 becomes U+FFFD.
    public init(_ message: Message) {
        self = message.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
