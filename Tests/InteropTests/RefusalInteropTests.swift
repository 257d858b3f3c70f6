import LibZMQ
import Testing
import ZeroMQ

@Suite("Peers of libzmq's that our side will not have", .serialized)
struct RefusalInteropTests {
    @Test(
        "they are never counted, keep their messages, and come in when there is a place",
        arguments: ["tcp://127.0.0.1:*", "ipc://*"],
        [true, false]
    )
    func refused(wire: String, isPair: Bool) throws {
        try withBothLibraries { both in
            let ours: any ReceivingSocket & SendingSocket =
                isPair
                ? PairSocket(context: both.context) : RouterSocket(context: both.context)
            let endpoint = "\(try ours.bind(wire))"
            func peer() throws -> LibZMQ.Socket {
                let socket = try both.socket(isPair ? .pair : .dealer)
                if !isPair { try socket.set(.routingID, "name") }
                try socket.connect(endpoint)
                try socket.send(texts: "hello")
                return socket
            }
            let first = try peer()
            #expect(try ours.nextTexts().last == "hello")
            let second = try peer()
            // It comes back for as long as that takes.
            for _ in 0..<3 {
                let refusal = ours.events.first { event in
                    if case .peerRefused = event { true } else { false }
                }
                #expect(refusal != nil)
                #expect(ours.peerCount == 1)
            }
            #expect(try ours.tryReceive() == nil)
            for socket in [first, second] { try socket.send(texts: "more") }
            #expect(try ours.nextTexts().last == "more")
            both.close(first)
            for text in ["hello", "more"] { #expect(try ours.nextTexts().last == text) }
            #expect(ours.peerCount == 1)
        }
    }
}
