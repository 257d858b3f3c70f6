import LibZMQ
import Testing

@Suite("The Guide's chat", .serialized)
struct ChatTests {
    @Test("alone bob hears what is for all, and nothing of the staff's room")
    func alone() throws {
        let ending = try Program("guide", ["chat"]).ending()
        #expect(ending.status == 0)
        #expect(ending.output.contains("server: bob may not hear staff/\n"))
        #expect(ending.output.contains("server: bob may not speak in staff/\n"))
        #expect(ending.output.contains("bob: is in all/\n"))
        #expect(!ending.output.contains("bob in staff/"))
        #expect(ending.output.hasSuffix("bob: leaves\n"))
    }

    @Test("libzmq users hear what their rights allow, whatever they subscribe to")
    func rights() throws {
        try Peers.use { peers in
            let server = try Server()
            let bob = try peers.socket(.subscriber, topic: "")
            try bob.subscribe("staff/", "all/")
            try Self.enter(bob, "bob", "builder")
            try bob.connect(server.hear)
            #expect(try Self.line(bob) == ["all/", "server", "welcome, bob"])
            let alice = try peers.socket(.subscriber, topic: "staff/")
            try Self.enter(alice, "alice", "wonder")
            try alice.connect(server.hear)
            #expect(try Self.line(alice) == ["staff/", "server", "welcome, alice"])

            let mouth = try peers.socket(.dealer)
            try Self.enter(mouth, "alice", "wonder")
            try mouth.connect(server.speak)
            try mouth.send([Array("staff/".utf8), Array("not for bob".utf8)])
            try mouth.send([Array("all/".utf8), Array("for bob".utf8)])
            #expect(try Self.line(alice) == ["staff/", "alice", "not for bob"])
            #expect(try Self.line(bob) == ["all/", "alice", "for bob"])

            // Whoever says to be somebody else speaks as the one who has the password.
            let impostor = try peers.socket(.dealer)
            try impostor.set(.routingID, "alice")
            try Self.enter(impostor, "bob", "builder")
            try impostor.connect(server.speak)
            try impostor.send([Array("staff/".utf8), Array("I am alice".utf8)])
            try server.program.line("server: bob may not speak in staff/")
            try server.program.line("server: bob may not hear staff/")
            try server.program.line("server: bob may not hear ", count: 2)
        }
    }

    @Test("a wrong password is refused, and the user is told so")
    func password() throws {
        let server = try Server()
        let words = ["chat", "user", server.hear, server.speak, "alice", "guess", "all/"]
        let ending = try Program("guide", words).ending()
        #expect(ending.status == 1)
        #expect(ending.errors.contains("authenticationRefused"))
    }

    @Test("who is killed and comes back hears again")
    func killed() throws {
        let server = try Server()
        func user(_ name: String, _ password: String, _ lines: String...) throws -> Program {
            let words = ["chat", "user", server.hear, server.speak, name, password, "all/"]
            let user = try Program("guide", words + lines)
            try user.line("\(name): is in all/")
            return user
        }
        let alice = try user("alice", "wonder")
        let bob = try user("bob", "builder", "one")
        try alice.line("alice in all/: bob: one")
        bob.kill()
        let again = try user("bob", "builder", "two")
        try alice.line("alice in all/: bob: two")
        alice.interrupt()
        again.interrupt()
        #expect(try alice.ending().status == 0)
    }

    private static func enter(
        _ socket: LibZMQ.Socket,
        _ user: String,
        _ password: String
    ) throws {
        try socket.set(.plainUsername, user)
        try socket.set(.plainPassword, password)
    }

    private static func line(_ socket: LibZMQ.Socket) throws -> [String] {
        let message = try #require(try socket.receive(timeout: Peers.patience))
        return message.map { String(decoding: $0, as: UTF8.self) }
    }

    private struct Server {
        let program: Program
        let hear: String, speak: String

        init() throws {
            let endpoints = ["tcp://127.0.0.1:*", "tcp://127.0.0.1:*"]
            program = try Program("guide", ["chat", "server"] + endpoints)
            hear = try program.line("server: heard at ")
            speak = try program.line("server: hears at ")
        }
    }
}

extension LibZMQ.Socket {
    fileprivate func subscribe(_ topics: String...) throws {
        for topic in topics { try set(.subscribe, topic) }
    }
}
