import Foundation
import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

@Suite("What stands at a path that is bound, or at a port")
struct PathRows {
    /// A directory that is gone after the test.
    private func inDirectory(_ body: (URL) throws -> Void) throws {
        let name = "zeromq-paths-\(UInt64.random(in: 0 ... .max))"
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        try body(directory)
    }

    /// What a bind of a socket in this process throws.
    private func error(binding endpoint: String) -> ZeroMQError? {
        let context = Context()
        defer { context.shutDown() }
        let socket = PullSocket(context: context)
        do throws(ZeroMQError) {
            try socket.bind(endpoint)
            return nil
        } catch {
            // A socket whose bind was refused is as good as before.
            #expect(throws: Never.self) { try socket.bind("tcp://127.0.0.1:*") }
            return error
        }
    }

    @Test("J02 the file of a process that died is replaced, and that of one that lives is not")
    func stale() throws {
        try inDirectory { directory in
            let endpoint = "ipc://" + directory.appendingPathComponent("socket").path
            let first = try Remote(Setting(.pull))
            try first.ask("bind", endpoint)
            let refusal = error(binding: endpoint)
            #expect(refusal?.code == .addressInUse && refusal?.hint != nil)
            #expect(refusal?.message.contains("a socket listens") == true)
            #expect(refusal?.endpoint?.description == endpoint)
            first.crash()
            #expect(FileManager.default.fileExists(atPath: String(endpoint.dropFirst(6))))
            let second = try Subject(Setting(.pull), at: endpoint)
            try second.exchange()
        }
    }

    @Test("a process that exits leaves no socket file, although it has closed nothing")
    func exit() throws {
        try inDirectory { directory in
            for place in [directory.path + "/socket", "*"] {
                let remote = try Remote(Setting(.pull))
                let path = String(try remote.ask("bind", "ipc://" + place)[0].dropFirst(6))
                #expect(FileManager.default.fileExists(atPath: path))
                // A child that exits removes nothing of its parent's.
                _ = try remote.ask("fork")
                #expect(FileManager.default.fileExists(atPath: path))
                try remote.exit()
                #expect(!FileManager.default.fileExists(atPath: path))
                if place == "*" {
                    let folder = (path as NSString).deletingLastPathComponent
                    #expect(!FileManager.default.fileExists(atPath: folder))
                }
            }
        }
    }

    @Test("J02 a file that is no socket is left alone")
    func regularFile() throws {
        try inDirectory { directory in
            let file = directory.appendingPathComponent("file")
            try Data("mine".utf8).write(to: file)
            let refusal = error(binding: "ipc://" + file.path)
            #expect(refusal?.code == .addressInUse && refusal?.hint != nil)
            #expect(refusal?.message.contains("no socket") == true)
            #expect(try Data(contentsOf: file) == Data("mine".utf8))
            let inside = error(binding: "ipc://" + file.path + "/socket")
            #expect(inside?.code == .notFound && inside?.hint != nil)
            let place = error(binding: "ipc://" + directory.path)
            #expect(place?.code == .addressInUse)
        }
    }

    @Test("J02 a directory that is missing is named")
    func missingDirectory() throws {
        try inDirectory { directory in
            let path = directory.path + "/missing/socket"
            let refusal = error(binding: "ipc://" + path)
            #expect(refusal?.code == .notFound && refusal?.hint != nil)
            #expect(refusal?.description.contains(path) == true)
        }
    }

    @Test("a directory that may not be written to is refused")
    func unwritable() throws {
        try inDirectory { directory in
            let path = directory.path
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o555]
            try FileManager.default.setAttributes(attributes, ofItemAtPath: path)
            let remote = try Remote(Setting(.pull))
            try remote.ask("drop-rights")
            let refusal = try remote.error(of: "bind", "ipc://\(path)/socket")
            #expect(refusal?.code == "permissionDenied")
            #expect(refusal?.text.contains("need rights") == true)
            try remote.ask("bind", "tcp://127.0.0.1:*")
        }
    }

    @Test("J01 a path of 107 bytes works, one of 108 is refused with the limit")
    func longPath() throws {
        try inDirectory { directory in
            let path = directory.path + "/"
            let longest = path + String(repeating: "p", count: 107 - path.utf8.count)
            let subject = try Subject(Setting(.pull), at: "ipc://" + longest)
            try subject.exchange()
            let refusal = error(binding: "ipc://" + longest + "p")
            #expect(refusal?.code == .pathTooLong && refusal?.hint != nil)
            #expect(refusal?.message.contains("limit 107") == true)
        }
    }

    @Test("I07 a second bind is refused, on every transport", arguments: ["tcp", "ipc", "inproc"])
    func secondBind(transport: String) throws {
        let context = Context()
        defer { context.shutDown() }
        let socket = PullSocket(context: context)
        let places = ["tcp": "tcp://127.0.0.1:*", "ipc": "ipc://*", "inproc": "inproc://taken"]
        let endpoint = try socket.bind(try #require(places[transport]))
        for other in [socket, PullSocket(context: context)] {
            let refusal = #expect(throws: ZeroMQError.self) { try other.bind(endpoint) }
            #expect(refusal?.code == .addressInUse && refusal?.hint != nil)
            #expect(refusal?.endpoint == endpoint)
        }
        let push = PushSocket(context: context)
        try push.connect(endpoint)
        try push.send("still there", timeout: .seconds(10))
        #expect(try socket.receive(timeout: .seconds(10)) == "still there")
    }

    static let refusedPlaces: [(String, ZeroMQError.Code)] = [
        ("tcp://192.0.2.1:*", .addressNotAvailable),
        ("tcp://no-such-name.invalid:*", .addressNotAvailable),
        ("tcp://[::ffff:192.0.2.1]:*", .addressNotAvailable), ("ipc:///proc/socket", .notFound),
    ]

    @Test("I07 a place that this machine does not have is refused", arguments: refusedPlaces)
    func foreignPlace(endpoint: String, code: ZeroMQError.Code) {
        let refusal = error(binding: endpoint)
        #expect(refusal?.code == code, "\(refusal.map { "\($0)" } ?? "none")")
        #expect(refusal?.hint != nil)
        #expect(refusal?.endpoint?.description == endpoint)
    }
}
