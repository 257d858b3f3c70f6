import Glibc
import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Programs that send and end")
struct PartingRows {
    static let endpoints = [
        "tcp://127.0.0.1:*", "ipc:///tmp/zeromq-tests-parting-\(getpid())",
    ]

    @Test(
        "what was accepted arrives, though main returned right after send",
        arguments: endpoints,
        [1, 5000]
    )
    func parting(endpoint: String, count: Int) throws {
        let context = Context()
        defer { context.shutDown() }
        let pull = PullSocket(context: context)
        let bound = try pull.bind(endpoint)
        for _ in 0..<5 {
            let process = try ChildProcess("HostileSubject", ["parting", "\(bound)", "\(count)"])
            for number in 0..<count {
                #expect(try pull.receive(timeout: .seconds(30)) == Message("\(number)"))
            }
            #expect(process.identifier > 0)
        }
    }

    @Test("and even if the peer comes after main has returned")
    func late() throws {
        let context = Context()
        defer { context.shutDown() }
        let server = try RawServer(isLocal: true)
        let endpoint = server.endpoint
        // Somebody listens there who never answers, and then a peer does.
        let process = try ChildProcess("HostileSubject", ["parting", endpoint, "3"])
        let stranger = try server.accept()
        #expect(try stranger.receive(10).first == 0xff)
        stranger.close()
        let pull = PullSocket(context: context)
        var options = pull.options
        options.listeningDescriptor = server.release()
        pull.options = options
        try pull.bind(endpoint)
        for number in 0..<3 {
            #expect(try pull.receive(timeout: .seconds(30)) == Message("\(number)"))
        }
        #expect(process.identifier > 0)
    }
}
