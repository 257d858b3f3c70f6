import Foundation
import Testing

@Suite("The examples and tools of security", .serialized)
struct SecurityExampleTests {
    @Test("secure-pubsub lets friends in and strangers not")
    func publishing() throws {
        let ending = try Program("secure-pubsub", []).ending()
        #expect(ending.status == 0)
        #expect(ending.errors == "")
        for line in [
            "publisher: alice was let in", "publisher: bob was let in",
            "publisher: a stranger was turned away, authentication was refused with status 400",
            "alice: received report 3", "bob: received report 3", "mallory: received nothing",
        ] {
            #expect(ending.output.contains(line + "\n"), "\(ending.output)")
        }
    }

    @Test("ironhouse lets a client in once its certificate is there")
    func ironhouse() throws {
        let ending = try Program("ironhouse", []).ending()
        #expect(ending.status == 0)
        #expect(ending.errors == "")
        #expect(ending.output.contains("server: refused, authentication was refused"))
        #expect(ending.output.hasSuffix("client: received Good day, Alice\n"))
    }

    @Test("zmq-keygen prints a pair, another one each time")
    func printing() throws {
        let first = try Program("zmq-keygen", []).ending()
        #expect(first.status == 0)
        let lines = first.output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.count == "public-key = ".count + 40 })
        #expect(try Program("zmq-keygen", []).ending().output != first.output)
    }

    @Test("zmq-keygen writes files that only their owner can read, and overwrites none")
    func files() throws {
        let path = NSTemporaryDirectory() + "key-\(UInt64.random(in: 0...UInt64.max))"
        defer {
            try? FileManager.default.removeItem(atPath: path)
            try? FileManager.default.removeItem(atPath: path + "_secret")
        }
        #expect(try Program("zmq-keygen", [path, "Alice"]).ending().status == 0)
        let secret = try String(contentsOfFile: path + "_secret", encoding: .utf8)
        let given = try String(contentsOfFile: path, encoding: .utf8)
        #expect(secret.contains("secret-key"))
        #expect(!given.contains("secret-key"))
        #expect(given.contains("name = \"Alice\""))
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "_secret")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let again = try Program("zmq-keygen", [path, "Alice"]).ending()
        #expect(again.status == 1)
        #expect(try String(contentsOfFile: path + "_secret", encoding: .utf8) == secret)
    }

    @Test("zmq-keygen leaves no half of a pair behind", arguments: ["", "_secret"])
    func halves(suffix: String) throws {
        let path = NSTemporaryDirectory() + "key-\(UInt64.random(in: 0...UInt64.max))"
        let (present, other) = (path + suffix, path + (suffix.isEmpty ? "_secret" : ""))
        defer { try? FileManager.default.removeItem(atPath: present) }
        try "somebody's".write(toFile: present, atomically: true, encoding: .utf8)
        let ending = try Program("zmq-keygen", [path]).ending()
        #expect(ending.status == 1)
        #expect(ending.errors.contains(present))
        #expect(!FileManager.default.fileExists(atPath: other))
        #expect(try String(contentsOfFile: present, encoding: .utf8) == "somebody's")
    }
}
