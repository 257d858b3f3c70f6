import Testing

@testable import ZeroMQ

@Suite("ZeroMQError")
struct ZeroMQErrorTests {
    @Test("the description is one line with everything the error knows")
    func description() {
        let error = ZeroMQError(
            .addressInUse,
            "somebody listens there",
            endpoint: .tcp("127.0.0.1", port: 80),
            systemErrno: 98,
            hint: "choose another port"
        )
        #expect(
            error.description == "addressInUse: somebody listens there [tcp://127.0.0.1:80] "
                + "(errno 98) — choose another port"
        )
        #expect(ZeroMQError(.timedOut, "too late").description == "timedOut: too late")
    }

    @Test("line ends and other control characters of a name are shown, not obeyed")
    func controlCharacters() {
        let error = ZeroMQError(.notFound, "no such\u{85}file", endpoint: .ipc("/a\r\nb\u{1b}[2J"))
        #expect(
            error.description == "notFound: no such\\u{0085}file [ipc:///a\\r\\nb\\u{1B}[2J]"
        )
    }

    @Test("errors can be compared, and switched over by code")
    func comparison() {
        #expect(ZeroMQError(.timedOut, "a") == ZeroMQError(.timedOut, "a"))
        #expect(ZeroMQError(.timedOut, "a") != ZeroMQError(.timedOut, "b"))
        #expect(ZeroMQError.Code.timedOut != .cancelled)
    }
}
