import LibZMQ
import Testing

@Suite("The Guide's bridge", .serialized)
struct BridgeTests {
    @Test("alone it carries every message to the other side")
    func alone() throws {
        let ending = try Program("guide", ["bridge"]).ending()
        #expect(ending.status == 0)
        #expect(ending.output.hasSuffix("subscriber: received 20, without a gap\n"))
    }

    @Test("between a publisher and a subscriber of libzmq nothing is lost, whatever is frozen")
    func frozen() throws {
        try Peers.use { peers in
            let (publisher, source) = try peers.bound(.xPublisher)
            let near = try Program("guide", ["bridge", "near", source, "tcp://127.0.0.1:*"])
            let wall = try near.line("near: at ")
            let far = try Program("guide", ["bridge", "far", wall, "tcp://127.0.0.1:*"])
            let subscriber = try peers.connected(.subscriber, to: try far.line("far: at "))
            #expect(try publisher.text() == "\u{1}")
            try Self.open(publisher, subscriber)
            var sent = 0
            func publish(_ count: Int) throws {
                for _ in 0..<count {
                    sent += 1
                    try publisher.send([Array("news".utf8), Array("\(sent)".utf8)])
                }
            }
            try publish(100)
            near.freeze()
            try publish(100)
            try far.line("far: the near side is silent")
            near.thaw()
            try publish(100)
            far.freeze()
            try publish(100)
            far.thaw()
            for number in 1...400 { #expect(try Self.number(subscriber) == "\(number)") }
        }
    }

    @Test("a far side that is killed begins again with what was kept")
    func killed() throws {
        try Peers.use { peers in
            let (publisher, source) = try peers.bound(.xPublisher)
            let near = try Program("guide", ["bridge", "near", source, "tcp://127.0.0.1:*"])
            let wall = try near.line("near: at ")
            let (outside, _) = try peers.freeEndpoints()
            let far = try Program("guide", ["bridge", "far", wall, outside])
            let subscriber = try peers.connected(.subscriber, to: outside)
            #expect(try publisher.text() == "\u{1}")
            try Self.open(publisher, subscriber)
            far.kill()
            for number in 1...100 {
                try publisher.send([Array("news".utf8), Array("\(number)".utf8)])
            }
            let next = try Program("guide", ["bridge", "far", wall, outside])
            try next.line("far: at ")
            // A subscriber that is there in time gets all of it; this one may have come too late
            // for the beginning, and so the question is asked by hand.
            let asking = try peers.connected(.request, to: wall)
            try asking.send([[], [0, 0, 0, 0, 0, 0, 0, 0]])
            var last: [UInt8] = []
            while !last.elementsEqual([1, 4] + Array("news".utf8) + [0, 3] + Array("100".utf8)) {
                let answer = try #require(try asking.receive(timeout: Peers.patience))
                last = answer.last ?? []
                try asking.send([[], [0, 0, 0, 0, 0, 0, 0, 0]])
            }
        }
    }

    /// Publishes until the way is open from one end to the other, and takes what came of that.
    private static func open(_ publisher: LibZMQ.Socket, _ subscriber: LibZMQ.Socket) throws {
        repeat {
            try publisher.send([Array("news".utf8), Array("0".utf8)])
        } while try subscriber.receive(timeout: .milliseconds(100)) == nil
    }

    /// The next number but those that opened the way.
    private static func number(_ subscriber: LibZMQ.Socket) throws -> String {
        while true {
            let message = try #require(try subscriber.receive(timeout: Peers.patience))
            let number = String(decoding: message.last ?? [], as: UTF8.self)
            if number != "0" { return number }
        }
    }
}
