import LibZMQ
import Testing

@Suite("The Guide's Binary Star", .serialized)
struct BinaryStarTests {
    @Test("alone the backup answers when the primary is gone")
    func alone() throws {
        let ending = try Program("guide", ["binary-star"]).ending()
        #expect(ending.status == 0)
        #expect(ending.output.contains("client: 3 answered by inproc://primary\n"))
        #expect(ending.output.hasSuffix("client: 3 answered by inproc://backup\n"))
    }

    @Test("two active servers do not go on, whoever the other one is")
    func splitBrain() throws {
        try Peers.use { peers in
            let pair = try Pair(peers)
            let server = try pair.primary(beat: 200)
            let other = try peers.socket(.publisher)
            _ = try other.bind(pair.backupStates)
            let states = try peers.connected(.subscriber, to: pair.primaryStates)
            #expect(try states.text() == "1")
            // Said until it is heard: the server's subscription may not be there yet.
            repeat { try other.send("2") } while try states.text() != "3"
            try server.line("primary: now active")
            let client = try peers.connected(.request, to: pair.primary)
            try client.send("hello")
            #expect(try client.text() == "hello")
            try other.send("3")
            let ending = try server.ending()
            #expect(ending.status == 1)
            #expect(ending.errors.contains("both servers are active"))
        }
    }

    @Test("a passive server answers only if its peer is silent")
    func vote() throws {
        try Peers.use { peers in
            let pair = try Pair(peers)
            let server = try pair.backup(beat: 100)
            let other = try peers.socket(.publisher)
            _ = try other.bind(pair.primaryStates)
            let states = try peers.connected(.subscriber, to: pair.backupStates)
            repeat { try other.send("3") } while try states.text() != "4"
            try server.line("backup: now passive")
            // As long as the other one speaks, a request changes nothing.
            let early = try peers.connected(.request, to: pair.backup)
            try early.send("early")
            for _ in 1...5 {
                try other.send("3")
                #expect(try states.text() == "4")
            }
            #expect(try early.receive(timeout: .zero) == nil)
            // Silence alone changes nothing either.
            for _ in 1...5 { #expect(try states.text() == "4") }
            let late = try peers.connected(.request, to: pair.backup)
            try late.send("late")
            #expect(try late.text() == "late")
            try server.line("backup: now active")
        }
    }

    @Test("the backup takes over when the primary is killed, and stays when it comes back")
    func killed() throws {
        try Peers.use { peers in
            let pair = try Pair(peers)
            let (primary, backup) = (try pair.primary(beat: 200), try pair.backup(beat: 200))
            try primary.line("primary: now active")
            try backup.line("backup: now passive")
            #expect(try pair.ask() == pair.primary)
            primary.kill()
            #expect(try pair.ask() == pair.backup)
            let back = try pair.primary(beat: 200)
            try back.line("primary: now passive")
            #expect(try pair.ask() == pair.backup)
            backup.kill()
            #expect(try pair.ask() == pair.primary)
        }
    }

    @Test("a primary that was frozen and thaws steps back")
    func frozen() throws {
        try Peers.use { peers in
            let pair = try Pair(peers)
            let (primary, backup) = (try pair.primary(beat: 200), try pair.backup(beat: 200))
            try primary.line("primary: now active")
            try backup.line("backup: now passive")
            primary.freeze()
            #expect(try pair.ask() == pair.backup)
            primary.thaw()
            try primary.line("primary: now passive")
            #expect(try pair.ask() == pair.backup)
            for server in [primary, backup] {
                server.interrupt()
                #expect(try server.ending().status == 0)
            }
        }
    }

    /// The endpoints of two servers.
    private struct Pair {
        let primary: String, backup: String
        let primaryStates: String, backupStates: String

        init(_ peers: Peers) throws {
            (primary, backup) = try peers.freeEndpoints()
            (primaryStates, backupStates) = try peers.freeEndpoints()
        }

        func primary(beat: Int) throws -> Program {
            let words = ["primary", primary, primaryStates, backupStates, "\(beat)"]
            return try Program("guide", ["binary-star"] + words)
        }

        func backup(beat: Int) throws -> Program {
            let words = ["backup", backup, backupStates, primaryStates, "\(beat)"]
            return try Program("guide", ["binary-star"] + words)
        }

        /// Who answers a client that asks the primary first.
        func ask() throws -> String {
            let client = try Program(
                "guide",
                ["binary-star", "client", primary, backup, "1", "600"]
            )
            let server = try client.line("client: 1 answered by ")
            #expect(try client.ending().status == 0)
            return server
        }
    }
}
