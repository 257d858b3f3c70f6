import Glibc
import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

/// What a filter of a sandbox may answer, and what the kernel answers when memory has run out.
private let refusals = [EPERM, ENOSYS, ENOMEM, EINVAL]

@Suite("Systems that refuse calls")
struct RefusalRows {
    static let replaceable: [SystemFilter.Call] = [.preciseWait, .barrier, .setAlarm, .epollWait]

    @Test(
        "what is refused after the start is done in another way, and everybody is served",
        arguments: replaceable,
        refusals
    )
    func afterTheStart(call: SystemFilter.Call, errno: Int32) throws {
        let subject = try routerSubject(at: transports[0])
        #expect(try subject.remote.ask("refuse", call.rawValue, "\(errno)") == ["true"])
        for _ in 0..<5 { try subject.exchange() }
        let newcomer = try subject.attack(as: "DEALER")
        newcomer.send(Wire.text("from a newcomer"))
        try subject.exchange()
        newcomer.finishSending()
        #expect(try subject.nextEnd() == .closedByPeer)
        #expect(try subject.remote.ask("close") == ["0"])
    }

    @Test(
        "what is refused from the start is done in another way, and everybody is served",
        arguments: replaceable,
        refusals
    )
    func fromTheStart(call: SystemFilter.Call, errno: Int32) throws {
        let remote = try Remote(Setting(.pull))
        #expect(try remote.ask("refuse", call.rawValue, "\(errno)") == ["true"])
        let endpoint = try remote.ask("bind", transports[1])[0]
        let peer = try RawPeer(connectingTo: endpoint)
        try peer.shakeHands(as: "PUSH")
        peer.send(Wire.text("hello"))
        try remote.expectMessage("hello")
        #expect(try remote.ask("close") == ["0"])
    }

    @Test("connections go on where no further one can be watched", arguments: refusals)
    func watching(errno: Int32) throws {
        let subject = try routerSubject(at: transports[0])
        #expect(try subject.remote.ask("refuse", "epollControl", "\(errno)") == ["true"])
        for _ in 0..<5 { try subject.exchange() }
        let newcomer = try subject.attack()
        #expect(newcomer.waitForClose())
        guard case .systemError(errno, _) = try subject.nextEnd() else {
            Issue.record("the newcomer was refused for another reason")
            return
        }
        #expect(try subject.remote.error(of: "bind", transports[0])?.code != nil)
        try subject.exchange()
    }

    @Test("a process without random numbers from the kernel goes on", arguments: refusals)
    func random(errno: Int32) throws {
        let remote = try Remote(Setting(.push, [.firstPause: 1, .lastPause: 2]))
        #expect(try remote.ask("refuse", "random", "\(errno)") == ["true"])
        // Nobody is there: the pauses between attempts are drawn.
        try remote.ask("connect", "tcp://127.0.0.1:1")
        for _ in 0..<20 { #expect(try remote.nextEvent() != nil) }
        #expect(try remote.ask("close") == ["0"])
    }
}
