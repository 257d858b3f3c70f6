/// The body of a command frame, divided into its name and its data.
///
/// It borrows the body, like the reader that made it.
struct Command {
    let name: UnsafeRawBufferPointer
    let data: UnsafeRawBufferPointer

    /// The command, or nil if the name is missing, empty or longer than the body.
    init?(_ body: UnsafeRawBufferPointer) {
        var reader = ByteReader(body)
        guard let name = reader.shortString(), !name.isEmpty else { return nil }
        self.name = name
        data = UnsafeRawBufferPointer(rebasing: body[reader.position...])
    }

    /// Whether the name consists of exactly these bytes; case matters.
    func isNamed(_ other: StaticString) -> Bool {
        other.withUTF8Buffer { name.elementsEqual($0) }
    }

    /// A whole command frame.
    static func encode(_ name: StaticString, data: some Collection<UInt8>) -> [UInt8] {
        let body = 1 + name.utf8CodeUnitCount + data.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(FrameHeader.size(forBody: body) + body)
        bytes.appendFrameHeader(.command, body: body)
        bytes.appendName(name)
        bytes.append(contentsOf: data)
        return bytes
    }
}

extension [UInt8] {
    /// Appends a command's name, preceded by its length.
    mutating func appendName(_ name: StaticString) {
        name.withUTF8Buffer { appendShortString($0) }
    }
}
