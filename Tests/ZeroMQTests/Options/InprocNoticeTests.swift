import Testing
import ZeroMQ

@Suite("Messages that inproc connections make by themselves", .serialized)
struct InprocNoticeTests {
    @Test("they come before what was sent before anybody was bound", arguments: [true, false])
    func early(bindsFirst: Bool) throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            router.options.routerNotices = [.connected, .disconnected]
            router.options.helloMessage = "welcome"
            let dealer = DealerSocket(context: context)
            dealer.options.routingID = "me"
            dealer.options.probesRouter = true
            dealer.options.helloMessage = ["hello", "world"]
            dealer.sendHighWaterMark = 5
            router.receiveHighWaterMark = 1
            let large = Message([UInt8](repeating: 7, count: 100_000))
            if bindsFirst { try router.bind("inproc://early") }
            try dealer.connect("inproc://early")
            try dealer.put("one")
            try dealer.put(large)
            if !bindsFirst { try router.bind("inproc://early") }
            try dealer.put("three")
            #expect(try router.next() == ["me", ""])
            #expect(try router.next() == ["me", ""])
            #expect(try router.next() == ["me", "hello", "world"])
            #expect(try router.next() == ["me", "one"])
            #expect(try router.next()[1].count == 100_000)
            #expect(try router.next() == ["me", "three"])
            #expect(try dealer.next() == "welcome")
            #expect(dealer.statistics.messagesSent == 3)
            #expect(router.statistics.messagesSent == 0)
            // Six fit now, as the two marks say, once the router has found nothing left.
            #expect(try router.tryReceive() == nil)
            for _ in 0..<6 { #expect(try dealer.trySend("filling")) }
            #expect(try !dealer.trySend("too much"))
            try dealer.disconnect("inproc://early")
            for _ in 0..<6 { #expect(try router.next() == ["me", "filling"]) }
            #expect(try router.next() == ["me", ""])
        }
    }

    @Test("a socket that nobody is bound for has nothing to flush and loses nothing of its own")
    func alone() throws {
        try inContext { context in
            let dealer = DealerSocket(context: context)
            dealer.options.helloMessage = "hello"
            try dealer.connect("inproc://nobody")
            try dealer.flush(timeout: enough)
            #expect(dealer.close() == 0)
        }
    }

    @Test("a hiccup message tells of a bound socket that has closed")
    func hiccup() throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            try router.bind("inproc://hiccup")
            let dealer = DealerSocket(context: context)
            dealer.options.hiccupMessage = "hiccup"
            dealer.options.disconnectMessage = "not this one"
            try dealer.connect("inproc://hiccup")
            try router.bind("inproc://other")
            router.close()
            #expect(try dealer.next() == "hiccup")
            #expect(try dealer.tryReceive() == nil)
        }
    }

    @Test("who is sent away learns of it, and who sends away is not told")
    func refused() throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            router.allowsHandover = true
            router.options.disconnectMessage = "gone"
            try router.bind("inproc://refusals")
            let dealers = try (0..<2).map { _ in
                let dealer = DealerSocket(context: context)
                dealer.options.routingID = "me"
                dealer.options.hiccupMessage = "sent away"
                try dealer.connect("inproc://refusals")
                return dealer
            }
            #expect(try dealers[0].next() == "sent away")
            try dealers[1].put("here")
            #expect(try router.next() == ["me", "here"])
            dealers[0].close()
            dealers[1].close()
            #expect(try router.next() == ["me", "gone"])
            #expect(try router.tryReceive() == nil)
        }
    }

    @Test("a REQ that probes can make its request all the same")
    func request() throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            try router.bind("inproc://probed")
            let request = RequestSocket(context: context)
            request.options.probesRouter = true
            try request.connect("inproc://probed")
            let probe = try router.next()
            #expect(probe.count == 2 && probe[1].isEmpty)
            try request.put("question")
            let question = try router.next()
            #expect(question.count == 3 && question[2] == "question")
            try router.put([question[0], "", "answer"])
            #expect(try request.next() == "answer")
        }
    }
}
