/// Numbers as bytes, in the order that both ends have to agree on.
extension Frame {
    /// Makes a frame of the bytes of an integer, the highest first, as networks have it.
    public init(bigEndian value: some FixedWidthInteger) {
        self = Swift.withUnsafeBytes(of: value.bigEndian) { Frame(copying: $0) }
    }

    /// Makes a frame of the bytes of an integer, the lowest first, as most processors have it.
    public init(littleEndian value: some FixedWidthInteger) {
        self = Swift.withUnsafeBytes(of: value.littleEndian) { Frame(copying: $0) }
    }

    /// The integer whose bytes the frame holds, the highest first; nil unless the size fits.
    public func bigEndian<Value: FixedWidthInteger>(as type: Value.Type = Value.self) -> Value? {
        integer(as: type).map(Value.init(bigEndian:))
    }

    /// The integer whose bytes the frame holds, the lowest first; nil unless the size fits.
    public func littleEndian<Value: FixedWidthInteger>(as type: Value.Type = Value.self) -> Value? {
        integer(as: type).map(Value.init(littleEndian:))
    }

    private func integer<Value: FixedWidthInteger>(as type: Value.Type) -> Value? {
        guard count == MemoryLayout<Value>.size else { return nil }
        var value: Value = 0
        withUnsafeMutableBytes(of: &value) { target in
            withUnsafeBytes { target.copyMemory(from: $0) }
        }
        return value
    }
}

extension String {
    /// Makes a string from a frame's bytes; nil if they are not UTF-8.
    public init?(validating frame: Frame) {
        guard let text = String(validating: frame, as: UTF8.self) else { return nil }
        self = text
    }
}
