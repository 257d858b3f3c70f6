import Testing

@Suite("Wrong command lines of the examples", .serialized)
struct UsageTests {
    static let wrong: [[String]] = [
        ["ping-pong", "referee"],
        ["ping-pong", "server", "tcp://127.0.0.1:5555", "superfluous"],
        ["ping-pong", "server", "nonsense"],
        ["ping-pong", "client", "tcp://127.0.0.1:5555", "often"],
        ["ping-pong", "client", "tcp://127.0.0.1:5555", "0"],
        ["weather", "forecast"],
        ["weather", "server", "carrier-pigeon://here"],
        ["weather", "client", "tcp://127.0.0.1:5556", "10001", "-1"],
        ["ventilator-sink", "boss"],
        ["ventilator-sink", "--workers", "2"],
        ["ventilator-sink", "ventilator", "--workers"],
        ["ventilator-sink", "ventilator", "--workers", "none"],
        ["ventilator-sink", "sink", "tcp://127.0.0.1:5558", "--workers", "2"],
        ["secure-pubsub", "superfluous"],
        ["ironhouse", "superfluous"],
        ["zmq-keygen", "--help"],
        ["zmq-keygen", "file", "name", "superfluous"],
        ["zmq-cat"],
        ["zmq-cat", "pull"],
        ["zmq-cat", "pigeon", "tcp://127.0.0.1:5555"],
        ["zmq-cat", "pull", "--count", "0", "tcp://127.0.0.1:5555"],
        ["zmq-cat", "pull", "-s", "topic", "tcp://127.0.0.1:5555"],
        ["zmq-cat", "pull", "nonsense"],
        ["zmq-cat", "pull", "--plain", "file", "--plain-users", "file", "inproc://a"],
        ["zmq-cat", "pull", "--plain", "file", "--curve", "file", "inproc://a"],
        ["zmq-cat", "pull", "--plain", "file", "--plain", "file", "inproc://a"],
        ["zmq-cat", "pull", "--curve", "file", "inproc://a"],
        ["zmq-cat", "pull", "--curve-anyone", "inproc://a"],
        ["zmq-cat", "pull", "--curve-clients", "folder", "inproc://a"],
        ["zmq-cat", "pull", "inproc://a", "--curve-server"],
        ["zmq-proxy"],
        ["zmq-proxy", "queue", "--frontend", "tcp://127.0.0.1:*"],
        ["zmq-proxy", "bridge", "--frontend", "a", "--backend", "b"],
        ["zmq-proxy", "queue", "--frontend", "nonsense", "--backend", "inproc://b"],
    ]

    @Test("status 64, the usage on standard error and nothing else", arguments: wrong)
    func refused(words: [String]) throws {
        let ending = try Program(words[0], Array(words.dropFirst())).ending()
        #expect(ending.status == 64)
        #expect(ending.output == "")
        #expect(ending.errors.contains("usage: \(words[0])"))
    }

    @Test("a type that there is none of is named, and the usage does not hide it")
    func type() throws {
        let ending = try Program("zmq-cat", ["pigeon", "tcp://127.0.0.1:5555"]).ending()
        #expect(ending.errors.hasPrefix("pigeon is no type of socket; the types are: req rep "))
        #expect(ending.errors.split(separator: "\n").count == 3)
    }
}
