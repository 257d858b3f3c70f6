import Testing
import ZeroMQ

@Suite("What a proxy moves as it lies in its streams", .serialized, .tags(.threads))
struct ProxyTransferTests {
    /// Messages of one to four frames of every way to lie in a stream, each with its number.
    private static func messages(_ count: Int, seed: UInt64) -> [Message] {
        var generator = SeededGenerator(seed: seed)
        let longest = [0, 3, 30, 31, 255, 256, 5000, 40_000]
        return (0..<count).map { number in
            let frames = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                let most = longest.randomElement(using: &generator) ?? 0
                let size = Int.random(in: 0...most, using: &generator)
                return Frame([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size))
            }
            return Message(frames: [Frame("\(number)")] + frames)
        }
    }

    @Test(
        "messages of every shape pass unchanged and in order",
        arguments: transports,
        [1, 7, 1000]
    )
    func everyShape(endpoint: String, mark: Int) throws {
        try inContext { context in
            let (push, front) = (PushSocket(context: context), PullSocket(context: context))
            let (back, pull) = (PushSocket(context: context), PullSocket(context: context))
            for socket in [push, back] { socket.sendHighWaterMark = .count(mark) }
            for socket in [front, pull] { socket.receiveHighWaterMark = .count(mark) }
            try push.connect(front.bind(endpoint))
            try back.connect(pull.bind("inproc://behind"))
            let proxy = Proxy(frontend: front, backend: back)
            let running = try Worker { try proxy.run() }
            let messages = Self.messages(mark == 1 ? 300 : 3000, seed: UInt64(mark))
            let sender = try Worker { for message in messages { try push.put(message) } }
            for (index, message) in messages.enumerated() {
                #expect(try pull.next() == message, "message \(index)")
            }
            try sender.value()
            proxy.terminate()
            try running.value()
            var moved = ProxyStatistics.Count()
            moved.messages = messages.count
            moved.bytes = messages.reduce(0) { $0 + $1.byteCount }
            #expect(proxy.statistics.fromFrontend == moved)
            #expect(proxy.statistics.toBackend == moved)
        }
    }

    @Test("several peers on both sides take turns, and each one's messages keep their order")
    func manyPeers() throws {
        try inContext { context in
            let (front, back) = (PullSocket(context: context), PushSocket(context: context))
            let frontend = try front.bind("tcp://127.0.0.1:*")
            let backend = try back.bind("inproc://workers")
            let pushes = (0..<3).map { _ in PushSocket(context: context) }
            let pulls = (0..<2).map { _ in PullSocket(context: context) }
            for push in pushes { try push.connect(frontend) }
            for pull in pulls { try pull.connect(backend) }
            try front.waitForPeers(atLeast: 3, timeout: enough)
            try back.waitForPeers(atLeast: 2, timeout: enough)
            let proxy = Proxy(frontend: front, backend: back)
            let running = try Worker { try proxy.run() }
            let senders = try pushes.enumerated().map { name, push in
                try Worker {
                    for number in 0..<2000 { try push.put([Frame("\(name)"), Frame("\(number)")]) }
                }
            }
            let receivers = try pulls.map { pull in
                try Worker { try pull.next(3000) }
            }
            for sender in senders { try sender.value() }
            for receiver in receivers {
                var last: [Frame: Int] = [:]
                for message in try receiver.value() {
                    let number = try #require(Int(String(message[1])))
                    #expect(number > last[message[0], default: -1])
                    last[message[0]] = number
                }
            }
            proxy.terminate()
            try running.value()
        }
    }

    @Test("what is accepted before a socket closes is passed on, and then the proxy ends")
    func closing() throws {
        try inContext { context in
            let front = try Pipeline(context, name: "front")
            let back = try Pipeline(context, name: "back")
            let proxy = Proxy(frontend: front.pull, backend: back.push)
            let running = try Worker { try proxy.run() }
            for number in 0..<100 { try front.push.put("\(number)") }
            for number in 0..<100 { #expect(try back.pull.next() == Message("\(number)")) }
            back.push.close()
            try front.push.put("too late")
            try running.value()
        }
    }
}
