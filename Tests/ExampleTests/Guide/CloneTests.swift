import Foundation
import LibZMQ
import Testing

@Suite("The Guide's Clone", .serialized)
struct CloneTests {
    @Test("alone a late client gets everything, an entry expires, and the backup goes on")
    func alone() throws {
        let ending = try Program("guide", ["clone"]).ending()
        #expect(ending.status == 0)
        #expect(ending.output.contains("clone: a late client has all 5 entries of its subtree\n"))
        #expect(ending.output.contains("clone: an entry has expired\n"))
        // Eight updates and the end of the one that expired.
        #expect(ending.output.hasSuffix("clone: 7 entries at the backup, at 9\n"))
    }

    @Test("the server speaks RFC 12 with libzmq clients")
    func server() throws {
        try Peers.use { peers in
            let port = try Self.freePort()
            let server = try Program("guide", ["clone", "server", "\(port)", "200"])
            try server.line("server: alone")
            let updates = try peers.connected(.subscriber, to: "tcp://127.0.0.1:\(port + 1)")
            let collector = try peers.connected(.publisher, to: "tcp://127.0.0.1:\(port + 2)")
            let zero = [UInt8](repeating: 0, count: 8)
            #expect(try updates.frames() == [Self.bytes("HUGZ"), zero, [], [], []])

            func publish(_ key: String, _ value: String, id: UInt8, ttl: String = "") throws {
                let name = [UInt8](repeating: id, count: 16)
                let frames = [Self.bytes(key), zero, name, Self.bytes(ttl), Self.bytes(value)]
                // The publisher may not know of the subscription yet; the id tells repetitions.
                repeat { try collector.send(frames) } while try Self.next(updates)?[2] != name
            }
            try publish("/a/1", "one", id: 1)
            try publish("/b/1", "two", id: 2)
            try publish("/a/2", "three", id: 3)
            let asking = try peers.connected(.dealer, to: "tcp://127.0.0.1:\(port)")
            try asking.send([Self.bytes("ICANHAZ?"), Self.bytes("/a/")])
            let entries = [try asking.frames(), try asking.frames()]
            let values = Set(entries.map { String(decoding: $0[4], as: UTF8.self) })
            #expect(values == ["one", "three"])
            let end = [Self.bytes("KTHXBAI"), Self.number(3), [], [], Self.bytes("/a/")]
            #expect(try asking.frames() == end)

            // Deleted, and deleted by time.
            try publish("/a/1", "", id: 4)
            try publish("/a/3", "brief", id: 5, ttl: "ttl=1\n")
            var gone = try updates.frames()
            while gone[0] == Self.bytes("HUGZ") { gone = try updates.frames() }
            #expect(gone == [Self.bytes("/a/3"), Self.number(6), [], [], []])
            try asking.send([Self.bytes("ICANHAZ?"), []])
            #expect(try asking.frames()[0].count == 4)
            #expect(try asking.frames()[0].count == 4)
            #expect(try asking.frames()[1] == Self.number(6))
        }
    }

    @Test("a client takes no update twice, and none that the snapshot had already")
    func client() throws {
        try Peers.use { peers in
            let port = try Self.freePort()
            let snapshots = try peers.socket(.router)
            let updates = try peers.socket(.xPublisher)
            _ = try snapshots.bind("tcp://127.0.0.1:\(port)")
            _ = try updates.bind("tcp://127.0.0.1:\(port + 1)")
            let client = try Program("guide", ["clone", "watch", "/a/", "20000", "\(port)"])
            #expect(try updates.text() == "\u{1}/a/")
            #expect(try updates.text() == "\u{1}HUGZ")
            func update(_ key: String, _ number: UInt8, _ value: String) -> [[UInt8]] {
                [Self.bytes(key), Self.number(number), [], [], Self.bytes(value)]
            }
            try updates.send(update("HUGZ", 0, ""))
            let request = try snapshots.frames()
            #expect(Array(request[1...]) == [Self.bytes("ICANHAZ?"), Self.bytes("/a/")])
            // Published while the snapshot is on its way: 3 is in it, 4 is not.
            try updates.send(update("/a/x", 3, "three"))
            try updates.send(update("/a/y", 4, "four"))
            try snapshots.send([request[0]] + update("/a/x", 3, "three"))
            try snapshots.send([request[0]] + update("KTHXBAI", 3, "/a/"))
            try updates.send(update("/a/y", 4, "four"))
            try updates.send(update("/a/x", 7, ""))
            try client.line("watch: /a/x is gone at 7")
            #expect(
                client.lines == [
                    "watch: snapshot of 1 entries at 3", "watch: /a/y = four at 4",
                    "watch: /a/x is gone at 7",
                ]
            )
        }
    }

    @Test("no update is lost with the primary, killed or frozen", arguments: [true, false])
    func failOver(isKilled: Bool) throws {
        try Peers.use { peers in
            let (one, two) = (try Self.freePort(), try Self.freePort())
            func server(_ role: String, _ own: Int, _ other: Int) throws -> Program {
                try Program("guide", ["clone", role, "\(own)", "\(other)", "200"])
            }
            let primary = try server("primary", one, two)
            let backup = try server("backup", two, one)
            try primary.line("server: now active")
            try backup.line("server: now passive")
            let ports = ["\(one)", "\(two)"]
            let watch = try Program("guide", ["clone", "watch", "/a/", "2000"] + ports)
            try watch.line("watch: snapshot of 0 entries at 0")
            func set(_ key: String) throws {
                let writer = try Program("guide", ["clone", "set", key, "x", "0"] + ports)
                #expect(try writer.ending().status == 0)
            }
            for number in 1...3 { try set("/a/\(number)") }
            try watch.line("watch: /a/3 = x")
            try backup.line("server: has ")
            if isKilled { primary.kill() } else { primary.freeze() }
            // Goes to both servers; the one that is left has to publish it in the end.
            try set("/a/4")
            try backup.line("server: now active")
            try watch.line("watch: snapshot of 4 entries at 4")
            try set("/a/5")
            try watch.line("watch: /a/5 = x at 5")

            if !isKilled { primary.thaw() }
            let back = isKilled ? try server("primary", one, two) : primary
            try back.line("server: now passive")
            try back.line("server: has 5 entries of the other")
            backup.kill()
            try set("/a/6")
            try back.line("server: now active", count: isKilled ? 1 : 2)
            try watch.line("watch: snapshot of 6 entries at 6")
        }
    }

    // MARK: What the wire is made of

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func number(_ low: UInt8) -> [UInt8] { [0, 0, 0, 0, 0, 0, 0, low] }

    /// What is published next, but for HUGZ; nil if nothing is for a moment.
    private static func next(_ updates: LibZMQ.Socket) throws -> [[UInt8]]? {
        while let message = try updates.receive(timeout: .milliseconds(500)) {
            if message[0] != bytes("HUGZ") { return message }
            return nil
        }
        return nil
    }

    /// The first of four ports in a row that were free a moment ago.
    private static func freePort() throws -> Int {
        while true {
            let port = Int.random(in: 20_000..<32_000)
            let context = try LibZMQ.load().makeContext()
            let sockets = try (0..<4).map { _ in try context.socket(.pair) }
            let isFree = zip(port..., sockets).allSatisfy { port, socket in
                (try? socket.bind("tcp://*:\(port)")) != nil
            }
            for socket in sockets { socket.close() }
            // Only now is it certain that nobody listens there any more.
            try context.terminate()
            if isFree { return port }
        }
    }
}
