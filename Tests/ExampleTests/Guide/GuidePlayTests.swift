import LibZMQ
import Testing

@Suite("The programs of The Guide, each played with all of its roles")
struct GuidePlayTests {
    @Test(
        "it ends by itself, and has done what it shows",
        arguments: [
            ("load-balancing", ["client 10: 10 answers", "all clients have their answers"]),
            ("async-server", ["client 3: finished", "all clients have their replies"]),
            ("peering", ["client: done at DC2", "all clients have their answers"]),
            ("simple-pirate", ["worker 1: simulating a crash", "client: server replied OK (10)"]),
            ("paranoid-pirate", ["worker 2: hangs", "client: server replied OK (10)"]),
            ("freelance-1", ["client: service is running OK ([Hello world])"]),
            ("freelance-2", ["server: inproc://two leaves"]),
            ("freelance-3", ["client: asking inproc://two", "client: 250 answers"]),
            ("espresso", ["listener: subscribe A", "listener: unsubscribe B"]),
            ("last-value-cache", ["subscriber: [777, Save Roger]"]),
            ("suicidal-snail", ["subscriber: cannot keep up, aborting"]),
        ]
    )
    func alone(name: String, expected: [String]) throws {
        let ending = try Program("guide", [name]).ending()
        #expect(ending.status == 0)
        #expect(ending.errors == "")
        let lines = ending.output.split(separator: "\n").map(String.init)
        for line in expected { #expect(lines.contains(line)) }
    }

    @Test(
        "a role that waits for ever ends cleanly when it is interrupted",
        arguments: [
            ["load-balancing", "worker"], ["load-balancing", "client"], ["async-server", "client"],
            ["simple-pirate", "worker"], ["paranoid-pirate", "worker"], ["freelance-1", "client"],
            ["freelance-2", "client"], ["freelance-3", "client"], ["espresso", "publisher"],
            ["espresso", "subscriber"], ["last-value-cache", "publisher"],
            ["last-value-cache", "subscriber"], ["suicidal-snail", "subscriber"],
        ]
    )
    func interrupted(words: [String]) throws {
        // Nobody is at the other end: the program itself takes the connection of this one.
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let count = ["freelance-2", "freelance-3"].contains(words[0]) ? ["10"] : []
            let program = try Program("guide", words + count + [endpoint])
            // It has to be waiting, and not on its way there: it dials by then.
            let listener = try peers.socket(.stream)
            try listener.bind(endpoint)
            _ = try listener.frames()
            program.interrupt()
            let ending = try program.ending()
            #expect(ending.status == 0)
            #expect(ending.errors == "")
        }
    }
}
