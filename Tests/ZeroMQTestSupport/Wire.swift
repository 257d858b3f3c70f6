/// The bytes of ZMTP 3.x, written by hand: nothing here is shared with the library.
public enum Wire {
    /// The signature with which every greeting begins.
    public static let signature = hexadecimal("ff 00 00 00 00 00 00 00 01 7f")

    /// The 64 bytes of a greeting.
    public static func greeting(
        major: UInt8 = 3,
        minor: UInt8 = 1,
        mechanism: [UInt8] = Array("NULL".utf8),
        asServer: UInt8 = 0
    ) -> [UInt8] {
        let padding = [UInt8](repeating: 0, count: 20 - mechanism.count)
        let filler = [UInt8](repeating: 0, count: 31)
        return signature + [major, minor] + mechanism + padding + [asServer] + filler
    }

    /// A frame with a size of one byte, or of eight where that is needed or wanted.
    public static func frame(
        _ body: [UInt8],
        flags: UInt8 = 0,
        isLong: Bool = false
    ) -> [UInt8] {
        guard isLong || body.count > 255 else { return [flags, UInt8(body.count)] + body }
        return [flags | 2] + bigEndian(UInt64(body.count)) + body
    }

    public static func text(_ text: String, hasMore: Bool = false) -> [UInt8] {
        frame(Array(text.utf8), flags: hasMore ? 1 : 0)
    }

    /// A command frame: name and data.
    public static func command(_ name: String, _ data: [UInt8] = [], isLong: Bool = false)
        -> [UInt8]
    {
        frame([UInt8(name.utf8.count)] + Array(name.utf8) + data, flags: 4, isLong: isLong)
    }

    /// One property of a READY.
    public static func property(_ name: String, _ value: [UInt8]) -> [UInt8] {
        [UInt8(name.utf8.count)] + Array(name.utf8) + bigEndian(UInt32(value.count)) + value
    }

    /// A READY of a socket type, with whatever else is to stand in it.
    public static func ready(_ type: String, identity: [UInt8]? = nil, rest: [UInt8] = [])
        -> [UInt8]
    {
        let id = identity.map { property("Identity", $0) } ?? []
        return command("READY", property("Socket-Type", Array(type.utf8)) + id + rest)
    }

    public static func ping(timeToLive: UInt16 = 0, context: [UInt8] = []) -> [UInt8] {
        command("PING", bigEndian(timeToLive) + context)
    }

    public static func subscribe(_ topic: [UInt8]) -> [UInt8] { command("SUBSCRIBE", topic) }
    public static func cancel(_ topic: [UInt8]) -> [UInt8] { command("CANCEL", topic) }

    public static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// Bytes from pairs of digits; blanks do not count.
    public static func hexadecimal(_ text: String) -> [UInt8] {
        text.split(separator: " ").map { pair in
            guard let byte = UInt8(pair, radix: 16) else {
                preconditionFailure("\(pair) is not two hexadecimal digits")
            }
            return byte
        }
    }
}

/// A frame as a raw peer received it.
public struct RawFrame: Equatable, Sendable {
    public let flags: UInt8
    public let body: [UInt8]

    public init(flags: UInt8, body: [UInt8]) { (self.flags, self.body) = (flags, body) }

    public var isCommand: Bool { flags & 4 != 0 }
    public var hasMore: Bool { flags & 1 != 0 }
    public var text: String { String(decoding: body, as: UTF8.self) }
}
