/// Frames and messages of whatever holds bytes or text.
extension Frame {
    /// Makes a frame that holds a copy of `bytes`: of a slice, of `Data`, of a buffer of others.
    public init(_ bytes: some Collection<UInt8>) {
        let copied = bytes.withContiguousStorageIfAvailable { buffer in
            Frame(copying: UnsafeRawBufferPointer(buffer))
        }
        self = copied ?? Frame([UInt8](bytes))
    }

    /// Makes a frame that holds the UTF-8 form of `text`, without a terminator.
    public init(_ text: some StringProtocol) {
        self = Frame(String(text))
    }
}

extension Message {
    /// Makes a message of one frame that holds a copy of `bytes`.
    public init(_ bytes: some Collection<UInt8>) { self.init(Frame(bytes)) }

    /// Makes a message of one frame that holds the UTF-8 form of `text`.
    public init(_ text: some StringProtocol) { self.init(Frame(text)) }
}

extension [UInt8] {
    /// Makes an array of a frame's bytes, in one copy.
    public init(_ frame: Frame) {
        self = frame.withUnsafeBytes { [UInt8]($0) }
    }
}
