import Testing
import ZeroMQTestSupport

@testable import ZeroMQ

/// What an XSUB sends and what it subscribes to, in the order of its calls.
@Suite("XSUB, messages and subscriptions", .serialized, .tags(.threads))
struct UpstreamTests {
    /// What a publisher reads.
    private enum Item: Equatable {
        case message(String)
        case subscribe(String)
        case cancel(String)
    }

    private func item(_ frame: RawFrame) -> Item {
        let body = frame.body
        func text(_ start: Int) -> String { String(decoding: body.dropFirst(start), as: UTF8.self) }
        if frame.isCommand {
            return body.starts(with: [6] + Array("CANCEL".utf8))
                ? .cancel(text(7)) : .subscribe(text(10))
        }
        switch body.first {
        case 0: return .cancel(text(1))
        case 1: return .subscribe(text(1))
        default: return .message(String(text(0).prefix { $0 != "." }))
        }
    }

    /// An XSUB with messages that its peer does not read, and so many.
    private func blocked(
        _ context: Context
    ) throws -> (XSubscriberSocket, RawPeer, messages: Int) {
        let server = try RawServer()
        let subscriber = XSubscriberSocket(context: context)
        subscriber.options.sendBufferSize = 65_536
        try subscriber.connect(server.endpoint)
        let peer = try server.accept()
        try peer.shakeHands(as: "XPUB")
        try subscriber.waitForPeers(atLeast: 1, timeout: enough)
        let filler = String(repeating: ".", count: 100_000)
        let count = 200
        for number in 0..<count { try subscriber.put(Message("\(1000 + number)\(filler)")) }
        let stream = try #require(subscriber.handle.core.sending.pointee.pipes.pipes.first).outbound
        #expect(stream.unacknowledged > 0)
        return (subscriber, peer, count)
    }

    @Test("changes behind messages that nobody takes are settled", arguments: [true, false])
    func toggling(forwardsEvery: Bool) throws {
        try inContext { context in
            let (subscriber, peer, count) = try blocked(context)
            subscriber.forwardsEveryCancellation = forwardsEvery
            let pipe = try #require(subscriber.handle.core.sending.pointee.pipes.pipes.first)
            let before = ProcessMemory.resident
            let sent = pipe.outbound.writer.pointee.sent
            for number in 0..<50_000 {
                try subscriber.put(Message("\u{1}topic \(number % 10)"))
                try subscriber.put(Message("\u{0}topic \(number % 10)"))
            }
            try subscriber.put("\u{1}stays")
            #expect(pipe.outbound.writer.pointee.sent == sent)
            #expect(ProcessMemory.resident - before < 10 << 20)
            try subscriber.put("the end")
            // Toggling goes on behind that.
            for _ in 0..<10_000 {
                try subscriber.subscribe("behind")
                try subscriber.unsubscribe("behind")
            }
            try subscriber.subscribe("last")
            #expect(pipe.outbound.writer.pointee.sent - sent < 1100)
            #expect(ProcessMemory.resident - before < 10 << 20)
            for number in 0..<count {
                #expect(item(try peer.receiveFrame()) == .message("\(1000 + number)"))
            }
            var topics: Set<String> = []
            func read(until end: Item) throws {
                while true {
                    let next = item(try peer.receiveFrame())
                    switch next {
                    case .subscribe(let topic): topics.insert(topic)
                    case .cancel(let topic): topics.remove(topic)
                    case .message: #expect(next == end)
                    }
                    if next == end { return }
                }
            }
            try read(until: .message("the end"))
            #expect(topics == ["stays"])
            try read(until: .subscribe("last"))
            #expect(topics == ["stays", "last"])
        }
    }

    @Test("messages and changes keep their order, however long nobody reads")
    func order() throws {
        try inContext { context in
            let (subscriber, peer, count) = try blocked(context)
            var expected: [Item] = []
            for number in 0..<300 {
                try subscriber.subscribe("\(number)")
                expected.append(.subscribe("\(number)"))
                if number % 3 == 0 {
                    try subscriber.put(Message("after \(number)"))
                    expected.append(.message("after \(number)"))
                }
                try subscriber.unsubscribe("\(number)")
                expected.append(.cancel("\(number)"))
            }
            for _ in 0..<count { _ = try peer.receiveFrame() }
            for wanted in expected { #expect(item(try peer.receiveFrame()) == wanted) }
        }
    }

    @Test("what was subscribed to before comes before what waits, with the next peer")
    func reconnection() throws {
        try inContext { context in
            let server = try RawServer()
            let subscriber = XSubscriberSocket(context: context)
            comesBackQuickly(subscriber)
            try subscriber.connect(server.endpoint)
            let first = try server.accept()
            try first.shakeHands(as: "XPUB")
            try subscriber.waitForPeers(atLeast: 1, timeout: enough)
            try subscriber.subscribe("topic")
            let greeting = item(try first.receiveFrame())
            #expect(greeting == .subscribe("topic"))
            first.close()
            waitUntilAlone(subscriber)
            for number in 0..<10 { try subscriber.put(Message("queued \(number)")) }
            let second = try server.accept()
            try second.shakeHands(as: "XPUB")
            #expect(item(try second.receiveFrame()) == .subscribe("topic"))
            for number in 0..<10 {
                #expect(item(try second.receiveFrame()) == .message("queued \(number)"))
            }
        }
    }
}
