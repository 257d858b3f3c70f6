/// Messages as bytes, for files and for transports of others.
///
/// Each frame is written as on the wire (RFC 37): a byte of flags, 1 for a frame that another one
/// follows and 2 for one with a long length; the length in one byte, or in eight, the highest
/// first; then the bytes. So a file of messages can be read back one by one.
extension Message {
    private static let hasMore: UInt8 = 1
    private static let isLong: UInt8 = 2

    /// The message as bytes, from which `init(encoded:)` makes it again.
    ///
    /// A message without frames is written as one empty frame, which is what is sent of it.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount + 9 * (count + 1))
        let frames = isEmpty ? [Frame()] : Array(self)
        for (index, frame) in frames.enumerated() {
            let isLast = index == frames.count - 1
            let flags = isLast ? 0 : Self.hasMore
            if frame.count <= UInt8.max {
                bytes.append(flags)
                bytes.append(UInt8(frame.count))
            } else {
                bytes.append(flags | Self.isLong)
                Swift.withUnsafeBytes(of: UInt64(frame.count).bigEndian) {
                    bytes.append(contentsOf: $0)
                }
            }
            frame.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// Makes a message of bytes that `encoded` gave.
    /// - Throws: `invalidMessage` if the bytes are not exactly one message.
    public init(encoded bytes: some Collection<UInt8>) throws(ZeroMQError) {
        var rest = ArraySlice(bytes)
        guard let message = try Message.next(in: &rest), rest.isEmpty else {
            throw .invalidMessage("the bytes are not one whole message")
        }
        self = message
    }

    /// Takes the first message off bytes that hold several; nil if it is not there as a whole yet.
    ///
    /// So a file, or what has come of a stream, is read message by message. Nothing is taken
    /// unless a message is complete.
    /// - Throws: `invalidMessage` if the bytes cannot be the beginning of a message.
    public static func next(in bytes: inout ArraySlice<UInt8>) throws(ZeroMQError) -> Message? {
        var rest = bytes
        var frames: [Frame] = []
        while true {
            guard let flags = rest.popFirst() else { return nil }
            guard flags & ~(hasMore | isLong) == 0 else {
                throw .invalidMessage("a frame cannot begin with the byte \(flags)")
            }
            guard let length = try takeLength(isLong: flags & isLong != 0, &rest) else {
                return nil
            }
            guard length <= rest.count else { return nil }
            frames.append(rest.prefix(length).withUnsafeBytes { Frame(copying: $0) })
            rest = rest.dropFirst(length)
            if flags & hasMore == 0 { break }
        }
        bytes = rest
        return Message(frames: frames)
    }

    private static func takeLength(
        isLong: Bool,
        _ bytes: inout ArraySlice<UInt8>
    ) throws(ZeroMQError) -> Int? {
        guard isLong else { return bytes.popFirst().map(Int.init) }
        guard bytes.count >= 8 else { return nil }
        let length = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        bytes = bytes.dropFirst(8)
        guard let length = Int(exactly: length) else {
            throw .invalidMessage("a frame announces more bytes than there can be")
        }
        return length
    }
}
