import LibZMQ
import Testing

@Suite("The tools zmq-cat and zmq-proxy", .serialized)
struct ToolTests {
    @Test("both explain themselves", arguments: ["zmq-cat", "zmq-proxy"])
    func help(name: String) throws {
        let ending = try Program(name, ["--help"]).ending()
        #expect(ending.status == 0 && ending.errors == "")
        #expect(ending.output.hasPrefix("usage: \(name) "))
    }

    @Test("zmq-cat sends lines, of several frames and with any byte")
    func lines() throws {
        try Peers.use { peers in
            let (pull, endpoint) = try peers.bound(.pull)
            let input = "plain\ntwo\tframes\n\\x00\\xff\\\\\n"
            let cat = try Program("zmq-cat", ["push", endpoint], input: input)
            let expected: [[[UInt8]]] = [
                [Array("plain".utf8)], [Array("two".utf8), Array("frames".utf8)],
                [[0, 255, 92]],
            ]
            for message in expected { #expect(try pull.receive(timeout: .seconds(20)) == message) }
            #expect(try cat.ending().status == 0)
        }
    }

    @Test("zmq-cat prints messages, as lines and in hexadecimal", arguments: [false, true])
    func printing(hexadecimal: Bool) throws {
        try Peers.use { peers in
            let (push, endpoint) = try peers.bound(.push)
            let options = hexadecimal ? ["-x", "-n", "1"] : ["-n", "1"]
            let cat = try Program("zmq-cat", ["pull"] + options + [endpoint])
            try push.send([Array("grüße\n".utf8), [0, 1]])
            let ending = try cat.ending()
            #expect(ending.status == 0)
            let rows = [
                "frame 1 of 2, 8 bytes",
                "000000  67 72 c3 bc c3 9f 65 0a                          gr....e.",
                "frame 2 of 2, 2 bytes",
                "000000  00 01                                            ..",
            ]
            let expected =
                hexadecimal
                ? rows.joined(separator: "\n") : "gr\\xc3\\xbc\\xc3\\x9fe\\x0a\t\\x00\\x01"
            #expect(ending.output == expected + "\n")
        }
    }

    @Test("zmq-cat asks, answers, subscribes and publishes")
    func patterns() throws {
        try Peers.use { peers in
            let (reply, asked) = try peers.bound(.reply)
            let asking = try Program("zmq-cat", ["req", asked], input: "one\ntwo\n")
            for word in ["one", "two"] {
                #expect(try reply.text() == word)
                try reply.send("\(word)!")
            }
            #expect(try asking.ending().output == "one!\ntwo!\n")

            let (endpoint, _) = try peers.freeEndpoints()
            let hearing = try Program("zmq-cat", ["sub", "-s", "b", "-n", "1", endpoint])
            let telling = try Program(
                "zmq-cat",
                ["pub", "bind:\(endpoint)"],
                input: "b news\na unheard\n"
            )
            #expect(try hearing.ending().output == "b news\n")
            #expect(try telling.ending().status == 0)
        }
    }

    @Test("zmq-cat ends when it is interrupted, and when nothing comes in time")
    func ends() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let late = try Program("zmq-cat", ["pull", "-t", "0.05", endpoint])
            #expect(try late.ending().status == 75)
            let (push, bound) = try peers.bound(.push)
            let cat = try Program("zmq-cat", ["pull", bound])
            try push.send("running")
            // It has come to printing once the message is gone from the queue of a second one.
            try push.send("still")
            cat.interrupt()
            #expect(try cat.ending().status == 0)
        }
    }

    @Test("zmq-proxy stands between libzmq's clients and workers, and ends on Ctrl-C")
    func proxy() throws {
        try Peers.use { peers in
            let (frontend, backend) = try peers.freeEndpoints()
            let proxy = try Program(
                "zmq-proxy",
                ["queue", "--frontend", frontend, "--backend", backend]
            )
            let client = try peers.connected(.request, to: frontend)
            let worker = try peers.connected(.reply, to: backend)
            for number in 0..<10 {
                try client.send("request \(number)")
                #expect(try worker.text() == "request \(number)")
                try worker.send("reply \(number)")
                #expect(try client.text() == "reply \(number)")
            }
            proxy.interrupt()
            let ending = try proxy.ending()
            #expect(ending.status == 0)
            #expect(ending.errors.contains("frontend is bound to \(frontend)"))
        }
    }
}
