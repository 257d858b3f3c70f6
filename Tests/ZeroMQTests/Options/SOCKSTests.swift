import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("What a SOCKS5 proxy is told, and what it may answer", .serialized)
struct SOCKSTests {
    private func dialogue(_ host: String, user: String? = nil) -> SOCKSDialogue {
        SOCKSDialogue(
            proxy: SOCKSProxy(host: "proxy", username: user, password: user),
            host: host,
            port: 5555
        )
    }

    private static let port: [UInt8] = [0x15, 0xb3]

    @Test(
        "numeric hosts are named by number, of type 1 or 4",
        arguments: [
            ("10.1.2.3", [1, 10, 1, 2, 3]),
            ("::1", [4] + [UInt8](repeating: 0, count: 15) + [1]),
            ("fe80::1%lo", [4, 0xfe, 0x80] + [UInt8](repeating: 0, count: 13) + [1]),
            ("a.b", [3, 3] + Array("a.b".utf8)),
            ("10.1.2.3.4", [3, 10] + Array("10.1.2.3.4".utf8)),
        ] as [(String, [UInt8])]
    )
    func destination(host: String, address: [UInt8]) {
        var dialogue = dialogue(host)
        #expect(dialogue.opening == [5, 1, 0])
        #expect(dialogue.receive([5, 0]) == .send([5, 1, 0] + address + Self.port))
        #expect(dialogue.receive([5, 0, 0, 1, 0]) == .needMore)
        #expect(dialogue.receive([0, 0, 0, 0, 0]) == .connected)
    }

    @Test(
        "an answer that does not fit the question is a refusal",
        arguments: [
            // A method that was not offered, in either direction, or of another version.
            (nil, [5, 2]), ("me", [5, 0]), ("me", [4, 2]), (nil, [5, 255]),
        ] as [(String?, [UInt8])]
    )
    func method(user: String?, answer: [UInt8]) {
        var dialogue = dialogue("host", user: user)
        guard case .failed = dialogue.receive(answer) else {
            Issue.record("the answer was taken")
            return
        }
    }

    @Test("the answer to the password has version 1", arguments: [0, 1, 5] as [UInt8])
    func secondVersion(version: UInt8) {
        var dialogue = dialogue("host", user: "me")
        #expect(dialogue.receive([5, 2]) == .send([1, 2] + "me".utf8 + [2] + "me".utf8))
        switch dialogue.receive([version, 0]) {
        case .send: #expect(version == 1)
        case .failed: #expect(version != 1)
        case .needMore, .connected: Issue.record("neither taken nor refused")
        }
    }

    @Test("an answer with an address of no known type is a refusal")
    func unknownType() {
        var dialogue = dialogue("host")
        _ = dialogue.receive([5, 0])
        guard case .failed = dialogue.receive([5, 0, 0, 2, 0]) else {
            Issue.record("the answer was taken")
            return
        }
    }

    @Test("a source address is that of the connection to the proxy")
    func source() throws {
        try inContext { context in
            let server = try RawServer()
            let push = PushSocket(context: context)
            push.options.socksProxy = SOCKSProxy(
                host: "127.0.0.1",
                port: UInt16(server.endpoint.split(separator: ":")[2]) ?? 0
            )
            try push.connect("tcp://127.0.0.77:0;10.1.2.3:5555")
            let client = try server.accept()
            #expect(try client.receive(3) == [5, 1, 0])
            #expect(client.peerHost == "127.0.0.77")
            client.send([5, 0])
            #expect(try client.receive(10) == [5, 1, 0, 1, 10, 1, 2, 3] + Self.port)
        }
    }
}
