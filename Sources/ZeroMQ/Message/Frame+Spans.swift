/// The bytes of a frame as spans, which the compiler keeps from being used too long.
extension Frame {
    /// Makes a frame that holds a copy of the bytes of `bytes`.
    public init(copying bytes: RawSpan) {
        self = bytes.withUnsafeBytes { Frame(copying: $0) }
    }

    /// Makes a frame that holds a copy of `bytes`.
    public init(copying bytes: Span<UInt8>) {
        self = bytes.withUnsafeBytes { Frame(copying: $0) }
    }

    /// Gives `body` the bytes of the frame, without a copy.
    @inlinable
    public func withBytes<R, E>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try withUnsafeBytes { (buffer) throws(E) -> R in try body(buffer.bytes) }
    }

    /// Gives `body` the bytes of the frame as elements, without a copy.
    @inlinable
    public func withSpan<R, E>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try withUnsafeBytes { (buffer) throws(E) -> R in
            try buffer.withMemoryRebound(to: UInt8.self) { (bytes) throws(E) -> R in
                try body(bytes.span)
            }
        }
    }
}
