import Testing
import ZeroMQ

@Suite("Request and reply", .tags(.threads))
struct RequestReplyTests {
    @Test(
        "a request is answered over every transport",
        arguments: ["inproc://request-reply", "tcp://127.0.0.1:*", "ipc://*"]
    )
    func roundTrip(endpoint: String) throws {
        let context = Context()
        let server = ReplySocket(context: context)
        let client = RequestSocket(context: context)
        try client.connect(server.bind(endpoint))
        for number in 0..<10 {
            try client.send(Message("Hello \(number)"), timeout: .seconds(5))
            #expect(try server.receive(timeout: .seconds(5)) == Message("Hello \(number)"))
            try server.send(["World", Frame("\(number)")], timeout: .seconds(5))
            #expect(try client.receive(timeout: .seconds(5)) == ["World", Frame("\(number)")])
        }
        context.shutDown()
    }
}
