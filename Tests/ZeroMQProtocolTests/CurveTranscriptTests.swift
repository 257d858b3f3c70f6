import Testing
import ZeroMQCrypto
import ZeroMQProtocol

@Suite("CURVE, byte by byte")
struct CurveTranscriptTests {
    private static let greeting = RawPeer.greeting(mechanism: ascii("CURVE"))

    @Test("our client says what the transcript says")
    func client() throws {
        var client = Interview(.dealer, identity: ascii("A"), .transcriptClient)
        _ = client.takeSent()
        client.receive(Self.greeting)
        #expect(client.takeSent() == CurveTranscript.hello)
        client.receive(CurveTranscript.welcome)
        #expect(client.takeSent() == CurveTranscript.initiate)
        client.receive(CurveTranscript.ready + CurveTranscript.firstFromServer)
        #expect(client.peer?.kind == .router)
        #expect(client.surplus == CurveTranscript.firstFromServer)
        var traffic = try client.traffic()
        #expect(traffic.sender.sealed(ascii("hello"), []) == CurveTranscript.firstFromClient)
        let subscribe = [9] + ascii("SUBSCRIBEabc")
        let sealed = traffic.sender.sealed(subscribe, .command)
        #expect(sealed == CurveTranscript.subscription)
        let opened = try traffic.receiver.opened(CurveTranscript.firstFromServer)
        #expect(opened == Opened(flags: [], body: ascii("world")))
    }

    @Test("our server says what the transcript says")
    func server() throws {
        var server = Interview(.router, .transcriptServer)
        let greeting = server.takeSent()
        #expect(Array(greeting[12..<32]) == ascii("CURVE") + RawPeer.zeros(15))
        #expect(greeting[32] == 1)
        server.receive(Self.greeting)
        #expect(server.takeSent() == [])
        server.receive(CurveTranscript.hello)
        #expect(server.takeSent() == CurveTranscript.welcome)
        #expect(server.asked.isEmpty)
        server.receive(CurveTranscript.initiate)
        let client = Security.keyPair(CurveTranscript.clientSecret).publicKey
        #expect(server.asked == [.curve(client)])
        #expect(server.takeSent() == CurveTranscript.ready)
        #expect(server.peer?.identity == ascii("A"))
        var traffic = try server.traffic()
        let first = try traffic.receiver.opened(CurveTranscript.firstFromClient)
        #expect(first == Opened(flags: [], body: ascii("hello")))
        let second = try traffic.receiver.opened(CurveTranscript.subscription)
        #expect(second == Opened(flags: .command, body: [9] + ascii("SUBSCRIBEabc")))
        #expect(traffic.sender.sealed(ascii("world"), []) == CurveTranscript.firstFromServer)
    }

    @Test(
        "the same bytes in any cut, to peers of 3.0 as well as 3.1",
        arguments: [0, 1] as [UInt8]
    )
    func chunks(minor: UInt8) {
        for size in [1, 2, 3, 7, 63, 64, 65, 200] {
            var client = Interview(.dealer, .transcriptClient)
            var server = Interview(.router, .transcriptServer)
            var toServer = client.takeSent()
            toServer[11] = minor
            var toClient: [UInt8] = []
            for _ in 0..<2000 where client.peer == nil || server.peer == nil {
                toServer += client.takeSent()
                toClient += server.takeSent()
                server.receive(Array(toServer.prefix(size)))
                toServer.removeFirst(min(size, toServer.count))
                client.receive(Array(toClient.prefix(size)))
                toClient.removeFirst(min(size, toClient.count))
            }
            #expect(client.peer?.kind == .router)
            #expect(server.peer?.kind == .dealer)
        }
    }
}
