import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

@Suite("Descriptors and threads that run out")
struct ShortageRows {
    @Test(
        "accepting pauses while there are no descriptors, and nobody is lost",
        arguments: transports
    )
    func accepting(transport: String) throws {
        let subject = try pullSubject(at: transport)
        try subject.remote.ask("limit", "descriptors", "2")
        let peers = try (0..<6).map { number in
            let peer = try subject.attack()
            peer.send(Wire.greeting() + Wire.ready("PUSH") + Wire.text("\(number)"))
            return peer
        }
        var events: [SeenEvent] = []
        while events.last?.name != "acceptPaused", let event = try subject.remote.nextEvent() {
            events.append(event)
        }
        #expect(events.last?.reason == .systemError(24, name: "EMFILE"))
        #expect(events.last?.reason?.description.contains("ulimit -n") == true)
        // Who is connected is served, and the pauses cost nothing.
        try subject.exchange()
        subject.remote.expectIdle()
        // However long it lasts, and however often accepting is tried, it is told of once.
        letPass(.milliseconds(500))
        let more = try subject.remote.takeEvents().map(\.name)
        #expect(!more.contains("acceptPaused") && !more.contains("acceptResumed"))
        try subject.remote.ask("limit", "descriptors", "100")
        let words = (0..<6).map { Dialogue.fingerprint(Message("\($0)")) }
        var heard = subject.takeStrangers()
        while heard.count < words.count { heard += try subject.remote.ask("receive", "1") }
        #expect(heard.sorted() == words.sorted())
        var after: [String] = []
        while !after.contains("acceptResumed"), let event = try subject.remote.nextEvent() {
            after.append(event.name)
        }
        #expect(after.contains("acceptResumed") && !after.contains("acceptPaused"))
        for peer in peers { peer.close() }
        for _ in peers { _ = try subject.nextEnd() }
        let last = try subject.attack(as: "PUSH")
        try subject.expectService(of: last)
    }

    @Test("connecting is tried again until there is a descriptor")
    func connecting() throws {
        let server = try RawServer()
        let push = try Remote(Setting(.push, [.firstPause: 5, .lastPause: 20]))
        // The threads are there already; a descriptor for the connection is not.
        try push.ask("bind", "tcp://127.0.0.1:*")
        try push.ask("limit", "descriptors", "0")
        try push.ask("connect", server.endpoint)
        var failures = 0
        while failures < 5, let event = try push.nextEvent() {
            guard event.name == "connectFailed" else { continue }
            #expect(event.reason == .systemError(24, name: "EMFILE"))
            failures += 1
        }
        try push.ask("limit", "descriptors", "10")
        let peer = try server.accept()
        try peer.shakeHands(as: "PULL")
        try push.send("at last")
        #expect(try peer.receiveFrame().text == "at last")
    }

    @Test(
        "a bind without descriptors says so, and works when there are some",
        arguments: transports
    )
    func binding(transport: String) throws {
        let remote = try Remote(Setting(.pull))
        try remote.ask("bind", "tcp://127.0.0.1:*")
        try remote.ask("limit", "descriptors", "0")
        let error = try remote.error(of: "bind", transport)
        #expect(error?.code == "resourceExhausted" && error?.text.contains("ulimit -n") == true)
        try remote.ask("limit", "descriptors", "10")
        try remote.ask("bind", transport)
    }

    @Test("a context that cannot have its descriptors says so, and leaks none", arguments: 0..<3)
    func starting(descriptors: Int) throws {
        let remote = try Remote(Setting(.pull))
        try remote.ask("bind", "tcp://127.0.0.1:*")
        remote.noteBaseline()
        try remote.ask("limit", "descriptors", "\(descriptors)")
        for _ in 0..<3 {
            let error = try remote.error(of: "again", "tcp://127.0.0.1:*")
            #expect(error?.code == "resourceExhausted" && error?.text.contains("ulimit -n") == true)
            remote.expectNothingLeft()
        }
        try remote.ask("limit", "descriptors", "10")
        try remote.ask("again", "tcp://127.0.0.1:*")
        // The context that worked has gone as well, with its threads and all they had open.
        remote.expectNothingLeft()
    }

    @Test("I09 a context that cannot have its thread says so, and leaks nothing")
    func threads() throws {
        let remote = try Remote(Setting(.pull))
        try remote.ask("peers", "0")
        remote.noteBaseline()
        try remote.ask("limit", "memory", "\(1 << 20)")
        let error = try remote.error(of: "bind", "tcp://127.0.0.1:*")
        #expect(error?.code == "resourceExhausted")
        #expect(error?.text.contains("thread") == true)
        remote.expectNothingLeft()
        try remote.ask("limit", "memory", "\(1 << 30)")
        try remote.ask("bind", "tcp://127.0.0.1:*")
    }
}
