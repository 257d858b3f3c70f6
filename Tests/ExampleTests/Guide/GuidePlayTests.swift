import LibZMQ
import Testing

@Suite("The programs of The Guide, each played with all of its roles")
struct GuidePlayTests {
    @Test(
        "it ends by itself, and has done what it shows",
        arguments: [
            ("multi-socket-reader", ["reader: task [3]", "reader: update [3]"]),
            ("request-queue", ["client: reply 10 [World]"]),
            ("kill-signal", ["sink: 100 results", "all workers have ended"]),
            ("interrupt", ["server: [3]", "server: interrupted, cleaning up"]),
            ("concurrent-server", ["all clients have their replies"]),
            ("relay", ["step 1: ready", "step 2: ready", "step 3: ready"]),
            ("synchronized-publisher", ["subscriber: 10000 updates"]),
            ("published-envelopes", ["subscriber: [B, We would like to see this]"]),
            ("identity", ["[5] PEER2", "[0] ", "[31] ROUTER uses a chosen routing id"]),
            ("readiness", ["all workers have been fired"]),
            ("would-block", ["sent message 3", "message 4 would have to wait"]),
            ("load-balancing", ["client 10: 10 answers", "all clients have their answers"]),
            ("async-server", ["client 3: finished", "all clients have their replies"]),
            ("peering", ["all clients have their answers"]),
            ("simple-pirate", ["worker 1: simulating a crash", "client: server replied OK (10)"]),
            ("paranoid-pirate", ["worker 1: hangs", "client: server replied OK (10)"]),
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
            ["multi-socket-reader", "reader"], ["request-queue", "worker"],
            ["request-queue", "client"], ["weather-proxy", "client"],
            ["concurrent-server", "client"], ["published-envelopes", "subscriber"],
            ["synchronized-publisher", "subscriber"], ["readiness", "req-worker"],
            ["readiness", "dealer-worker"], ["load-balancing", "worker"],
            ["load-balancing", "client"], ["async-server", "client"],
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
