import Foundation
import LibZMQ
import Testing

/// zmq-cat and zmq-proxy with the keys of zmq-keygen, and with passwords.
@Suite("The tools, protected", .serialized)
struct SecureToolTests {
    /// A folder with the keys of a server, a client it knows and one it does not.
    private final class Folder {
        let path = NSTemporaryDirectory() + "tools-\(UInt64.random(in: 0...UInt64.max))"
        var clients: String { path + "/clients" }
        var server: String { path + "/server" }
        var alice: String { clients + "/alice" }
        var mallory: String { path + "/mallory" }
        var endpoint: String { "ipc://\(path)/socket" }

        init() throws {
            let manager = FileManager.default
            try manager.createDirectory(atPath: clients, withIntermediateDirectories: true)
            for file in [server, alice, mallory] {
                #expect(try Program("zmq-keygen", [file]).ending().status == 0)
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        /// Makes a file; returns where it is.
        func file(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
            let file = "\(path)/\(name)"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
            return file
        }

        /// The public key in a certificate, as text.
        func key(_ file: String) throws -> String {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let line = text.split(separator: "\n").first { $0.contains("public-key") }
            return String(try #require(line).split(separator: "\"")[1])
        }
    }

    @Test("CURVE: a known client gets in, by file or by text, and an unknown one is told")
    func curve() throws {
        let folder = try Folder()
        let server = try Program(
            "zmq-cat",
            [
                "pull", "-n", "2", "--curve", folder.server + "_secret",
                "--curve-clients", folder.clients, "bind:\(folder.endpoint)",
            ]
        )
        for key in [folder.mallory + "_secret", nil] {
            let own = key.map { ["--curve", $0] } ?? []
            let stranger = try Program(
                "zmq-cat",
                ["push"] + own + ["--curve-server", folder.server, folder.endpoint],
                input: "let me in\n"
            ).ending()
            #expect(stranger.status == 1)
            #expect(stranger.errors.contains("refuse"), "\(stranger.errors)")
        }
        let key = try folder.key(folder.server)
        for (word, text) in [(folder.server, "by file"), (key, "by text")] {
            let client = try Program(
                "zmq-cat",
                [
                    "push", "--curve", folder.alice + "_secret", "--curve-server", word,
                    folder.endpoint,
                ],
                input: text + "\n"
            )
            #expect(try client.ending().status == 0)
        }
        let ending = try server.ending()
        #expect(ending.status == 0)
        #expect(ending.output == "by file\nby text\n")
    }

    @Test("CURVE: anyone who knows the key, through a proxy")
    func proxy() throws {
        let folder = try Folder()
        let backend = "ipc://\(folder.path)/backend"
        let proxy = try Program(
            "zmq-proxy",
            [
                "streamer", "--curve", folder.server + "_secret", "--curve-anyone",
                "--frontend", folder.endpoint, "--backend", backend,
            ]
        )
        let client = ["--curve-server", folder.server]
        let pull = try Program("zmq-cat", ["pull", "-n", "1"] + client + [backend])
        let push = try Program("zmq-cat", ["push"] + client + [folder.endpoint], input: "moved\n")
        #expect(try push.ending().status == 0)
        #expect(try pull.ending().output == "moved\n")
        proxy.interrupt()
        #expect(try proxy.ending().status == 0)
    }

    @Test("PLAIN: the right password gets in, and the wrong one is told")
    func plain() throws {
        let folder = try Folder()
        let users = try folder.file("users", "alice:se:cret\nbob:other\n")
        let server = try Program(
            "zmq-cat",
            ["rep", "-e", "-n", "1", "--plain-users", users, "bind:\(folder.endpoint)"]
        )
        let wrong = try folder.file("wrong", "alice:secret\n")
        let right = try folder.file("right", "alice:se:cret\n")
        let refused = try Program(
            "zmq-cat",
            ["req", "--plain", wrong, folder.endpoint],
            input: "x\n"
        ).ending()
        #expect(refused.status == 1)
        #expect(refused.errors.contains("refuse"), "\(refused.errors)")
        let asking = try Program(
            "zmq-cat",
            ["req", "--plain", right, folder.endpoint],
            input: "echo\n"
        )
        #expect(try asking.ending().output == "echo\n")
        #expect(try server.ending().output == "echo\n")
    }

    @Test("secrets that others may read, and files that hold none, are not used")
    func files() throws {
        let folder = try Folder()
        let open = try folder.file("open", "alice:secret\n", mode: 0o640)
        let empty = try folder.file("empty", "")
        let missing = folder.path + "/missing"
        for (options, word) in [
            (["--plain", open], "chmod 600"), (["--plain", empty], "one line"),
            (["--plain", missing], "missing"), (["--plain-users", open], "chmod 600"),
            (["--curve", folder.server, "--curve-anyone"], "chmod 600"),
            (["--curve", folder.server + "_secret", "--curve-clients", missing], "missing"),
            (["--curve", empty, "--curve-anyone"], "public-key"),
            (["--curve-server", empty], "public-key"),
        ] {
            let ending = try Program("zmq-cat", ["pull"] + options + [folder.endpoint]).ending()
            #expect(ending.status == 1, "\(options)")
            #expect(ending.errors.contains(word), "\(options): \(ending.errors)")
        }
    }
}
