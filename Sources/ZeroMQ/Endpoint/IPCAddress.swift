/// Where a Unix socket stands.
enum IPCAddress: Hashable, Sendable {
    /// A path in the file system.
    case path(String)
    /// A name in Linux's abstract namespace, written `@name`.
    case abstract(String)
    /// A fresh path that the system chooses, written `*`; only for binding.
    case temporary

    /// The longest path or name, in bytes: a kernel address holds 108 with the terminator.
    static let longestName = 107

    /// Tells the three forms apart by their first byte.
    init(_ text: String) {
        let bytes = text.utf8
        if bytes.elementsEqual("*".utf8) {
            self = .temporary
        } else if bytes.first == UInt8(ascii: "@") {
            self = .abstract(String(decoding: bytes.dropFirst(), as: UTF8.self))
        } else {
            self = .path(text)
        }
    }

    /// Throws unless the kernel can hold the path or name.
    func check() throws(ZeroMQError) {
        switch self {
        case .path(let path): try Self.check(path, called: "ipc path")
        case .abstract(let name): try Self.check(name, called: "abstract ipc name")
        case .temporary: break
        }
    }

    private static func check(_ name: String, called kind: String) throws(ZeroMQError) {
        let bytes = name.utf8
        if bytes.isEmpty {
            throw .badEndpoint(
                "the \(kind) is empty",
                hint: "write for example ipc:///tmp/feed or ipc://@feed"
            )
        }
        if bytes.contains(0) {
            throw .badEndpoint("the \(kind) \(quoted(name)) contains a zero byte")
        }
        if bytes.count > longestName {
            throw ZeroMQError(
                .pathTooLong,
                "the \(kind) \(quoted(name)) has \(bytes.count) bytes, limit \(longestName)",
                hint: "use a shorter directory, a relative path, or an abstract name: ipc://@name"
            )
        }
    }
}

extension IPCAddress: CustomStringConvertible {
    /// The part of an endpoint after `ipc://`.
    var description: String {
        switch self {
        case .path(let path): path
        case .abstract(let name): "@\(name)"
        case .temporary: "*"
        }
    }
}
