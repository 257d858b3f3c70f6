/// The ways in which numbers, strings and frames are appended to octets that will be sent.
///
/// What is written here was checked when it was configured, so a value that does not fit is a bug
/// of ours and traps.
extension [UInt8] {
    /// Appends octets preceded by a length of one octet.
    mutating func appendShortString(_ octets: some Collection<UInt8>) {
        guard let length = UInt8(exactly: octets.count) else {
            preconditionFailure("a short string has at most 255 octets")
        }
        append(length)
        append(contentsOf: octets)
    }

    /// Appends octets preceded by a length of four octets.
    mutating func appendLongString(_ octets: some Collection<UInt8>) {
        guard let length = Int32(exactly: octets.count) else {
            preconditionFailure("a long string has at most 2^31 - 1 octets")
        }
        appendBigEndian(UInt32(bitPattern: length))
        append(contentsOf: octets)
    }

    /// Appends an integer, most significant octet first.
    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Appends a frame's header in its shortest form.
    package mutating func appendFrameHeader(_ flags: FrameFlags, body: Int) {
        withUnsafeTemporaryAllocation(byteCount: FrameHeader.longSize, alignment: 1) { scratch in
            guard let start = scratch.baseAddress else {
                preconditionFailure("a header has octets")
            }
            let size = FrameHeader.write(flags: flags.rawValue, body: body, to: start)
            append(contentsOf: UnsafeRawBufferPointer(rebasing: scratch[..<size]))
        }
    }
}
