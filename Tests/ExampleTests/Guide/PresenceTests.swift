import LibZMQ
import Testing

@Suite("The Guide's presence", .serialized)
struct PresenceTests {
    @Test("alone everybody sees the others come and go")
    func alone() throws {
        let ending = try Program("guide", ["presence"]).ending()
        #expect(ending.status == 0)
        #expect(ending.output.contains("server: alice, bob, carol\n"))
        #expect(ending.output.contains("alice: sees alice, carol\n"))
    }

    @Test("a member that is killed or frozen is missed, and seen again", arguments: [true, false])
    func missed(isKilled: Bool) throws {
        let server = try Program("guide", ["presence", "server", "tcp://127.0.0.1:*", "300"])
        let endpoint = try server.line("server: at ")
        func member(_ name: String) throws -> Program {
            try Program("guide", ["presence", "member", endpoint, name, "300"])
        }
        let alice = try member("alice")
        try alice.line("alice: sees alice")
        let bob = try member("bob")
        try alice.line("alice: sees alice, bob")
        if isKilled { bob.kill() } else { bob.freeze() }
        try alice.line("alice: sees alice", count: 3)
        #expect(
            alice.lines == ["alice: sees alice", "alice: sees alice, bob", "alice: sees alice"]
        )
        if !isKilled { bob.thaw() }
        let again = isKilled ? try member("bob") : bob
        try alice.line("alice: sees alice, bob", count: 2)
        again.interrupt()
        #expect(try again.ending().status == 0)
        try server.line("server: alice", count: 5)
    }

    @Test("members learn that the server is gone, and say hello to the next")
    func server() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let server = try Program("guide", ["presence", "server", endpoint, "300"])
            try server.line("server: at ")
            let alice = try Program("guide", ["presence", "member", endpoint, "alice", "300"])
            try alice.line("alice: sees alice")
            server.kill()
            try alice.line("alice: sees nobody")
            let next = try Program("guide", ["presence", "server", endpoint, "300"])
            try alice.line("alice: sees alice", count: 2)
            try next.line("server: alice")
        }
    }

    @Test("libzmq plays a member, and a server")
    func interoperates() throws {
        try Peers.use { peers in
            let server = try Program("guide", ["presence", "server", "tcp://127.0.0.1:*", "300"])
            let member = try peers.socket(.dealer)
            try member.set(.routingID, "zoe")
            try member.connect(try server.line("server: at "))
            try member.send("hello")
            #expect(try member.text() == "zoe")
            try server.line("server: zoe")
            member.close()
            try server.line("server: nobody")

            let (router, endpoint) = try peers.bound(.router)
            let alice = try Program("guide", ["presence", "member", endpoint, "alice", "300"])
            let hello = try router.receive(timeout: Peers.patience)
            #expect(hello == [Array("alice".utf8), Array("hello".utf8)])
            try router.send([Array("alice".utf8), Array("alice".utf8), Array("yan".utf8)])
            try alice.line("alice: sees alice, yan")
        }
    }
}
