/// The other side of the wire: an encoder written from the specification alone.
///
/// It shares no code with the module under test, so that both cannot be wrong in the same way.
enum RawPeer {
    static let socketType = "Socket-Type"

    /// A greeting, by default of a NULL peer of version 3.1.
    static func greeting(
        mechanism: [UInt8] = Array("NULL".utf8),
        major: UInt8 = 3,
        minor: UInt8 = 1,
        padding: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1],
        signatureEnd: UInt8 = 0x7f,
        asServer: UInt8 = 0
    ) -> [UInt8] {
        let name = mechanism + zeros(20 - mechanism.count)
        return [0xff] + padding + [signatureEnd, major, minor] + name + [asServer] + zeros(31)
    }

    static func zeros(_ count: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: count)
    }

    /// A frame; the long form is used when asked for or when the size demands it.
    static func frame(_ flags: UInt8, _ body: [UInt8], long: Bool = false) -> [UInt8] {
        guard long || body.count > 255 else { return [flags, UInt8(body.count)] + body }
        return [flags | 2] + bigEndian(body.count, bytes: 8) + body
    }

    static func bigEndian(_ value: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    static func command(_ name: String, _ data: [UInt8] = [], long: Bool = false) -> [UInt8] {
        frame(4, [UInt8(name.utf8.count)] + Array(name.utf8) + data, long: long)
    }

    static func property(_ name: String, _ value: [UInt8]) -> [UInt8] {
        [UInt8(name.utf8.count)] + Array(name.utf8) + bigEndian(value.count, bytes: 4) + value
    }

    static func property(_ name: String, _ value: String) -> [UInt8] {
        property(name, Array(value.utf8))
    }

    /// A READY of the given type, with further bytes behind the Socket-Type.
    static func ready(_ type: String, _ more: [UInt8] = []) -> [UInt8] {
        command("READY", property(socketType, type) + more)
    }

    static func error(_ reason: [UInt8]) -> [UInt8] {
        command("ERROR", [UInt8(reason.count)] + reason)
    }
}
