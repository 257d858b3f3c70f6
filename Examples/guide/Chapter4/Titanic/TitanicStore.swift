import Foundation
import ZeroMQ

/// Requests and replies as files: ID.request, and ID.reply once there is one.
///
/// A file appears under its name only when the disk has all of it. So a store that finds one after
/// a crash finds it whole, and what a client was told is stored, is.
struct TitanicStore: Sendable {
    let folder: URL

    init(_ folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Stores a request, and gives it a name.
    func save(request: Message) throws -> String {
        let id = UUID().uuidString.filter { $0 != "-" }
        try write(request, to: "\(id).request")
        return id
    }

    /// Stores a reply, unless nobody wants it any more.
    func save(reply: Message, to id: String) throws {
        guard has(id) else { return }
        try write(reply, to: "\(id).reply")
    }

    func has(_ id: String) -> Bool { FileManager.default.fileExists(atPath: path("\(id).request")) }

    func request(_ id: String) throws -> Message? { try read("\(id).request") }

    func reply(_ id: String) throws -> Message? { try read("\(id).reply") }

    func remove(_ id: String) throws {
        for name in ["\(id).request", "\(id).reply"] where unlink(path(name)) != 0 {
            guard errno == ENOENT else { throw Failure(call: "unlink", number: errno) }
        }
    }

    /// The requests without a reply: all that is left to do after a restart.
    func pending() throws -> [String] {
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
        return names.filter { $0.hasSuffix(".request") }.map { String($0.dropLast(8)) }
            .filter { !names.contains("\($0).reply") }.sorted()
    }

    /// The name that a client means, if it can be one: it becomes part of a path.
    static func id(_ message: Message) -> String? {
        guard message.count == 1, let frame = message.first, frame.count == 32,
            let text = String(validating: frame), text.allSatisfy(\.isHexDigit)
        else { return nil }
        return text.uppercased()
    }

    // MARK: Files

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func read(_ name: String) throws -> Message? {
        guard let bytes = FileManager.default.contents(atPath: path(name)) else { return nil }
        return try Message(encoded: bytes)
    }

    private func write(_ message: Message, to name: String) throws {
        let draft = path("\(name).\(UUID().uuidString)")
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(call: "open", number: errno) }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        try handle.write(contentsOf: message.encoded)
        try handle.synchronize()
        guard rename(draft, path(name)) == 0 else { throw Failure(call: "rename", number: errno) }
        // The name has to be on the disk as well.
        let directory = open(folder.path, O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { throw Failure(call: "open", number: errno) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw Failure(call: "fsync", number: errno) }
    }

    private struct Failure: Error, CustomStringConvertible {
        let call: String
        let number: Int32

        var description: String { "\(call): \(String(cString: strerror(number)))" }
    }
}
