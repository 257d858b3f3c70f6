/// The ways in which numbers, strings and frames are appended to bytes that will be sent.
///
/// What is written here was checked when it was configured, so a value that does not fit is a bug
/// of ours and traps.
extension [UInt8] {
    /// Appends bytes preceded by a length of one byte.
    mutating func appendShortString(_ bytes: some Collection<UInt8>) {
        guard let length = UInt8(exactly: bytes.count) else {
            preconditionFailure("a short string has at most 255 bytes")
        }
        append(length)
        append(contentsOf: bytes)
    }

    /// Appends bytes preceded by a length of four bytes.
    mutating func appendLongString(_ bytes: some Collection<UInt8>) {
        guard let length = Int32(exactly: bytes.count) else {
            preconditionFailure("a long string has at most 2^31 - 1 bytes")
        }
        appendBigEndian(UInt32(bitPattern: length))
        append(contentsOf: bytes)
    }

    /// Appends an integer, most significant byte first.
    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Appends a frame's header in its shortest form.
    package mutating func appendFrameHeader(_ flags: FrameFlags, body: Int) {
        withUnsafeTemporaryAllocation(byteCount: FrameHeader.longSize, alignment: 1) { scratch in
            guard let start = scratch.baseAddress else {
                preconditionFailure("a header has bytes")
            }
            let size = FrameHeader.write(flags: flags.rawValue, body: body, to: start)
            append(contentsOf: UnsafeRawBufferPointer(rebasing: scratch[..<size]))
        }
    }
}
