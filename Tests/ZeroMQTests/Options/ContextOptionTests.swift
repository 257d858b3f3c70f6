import Foundation
import Testing
import ZeroMQ

@Suite("Options of a context", .serialized)
struct ContextOptionTests {
    /// What the system says of the threads of this process whose name begins so.
    private func threads(named prefix: String) throws -> [String] {
        let folder = "/proc/self/task"
        return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { number in
            let status = try? String(contentsOfFile: "\(folder)/\(number)/status", encoding: .utf8)
            return status?.hasPrefix("Name:\t\(prefix)") == true ? status : nil
        }
    }

    @Test("threads get the name, the number and the processors that were asked for")
    func threads() throws {
        var options = ContextOptions()
        #expect(options.ioThreads == 1 && options.threadNamePrefix == "zmq")
        options.ioThreads = 3
        options.threadNamePrefix = "mine"
        options.threadAffinity = [0]
        options.threadScheduling = .other(niceness: 5)
        let context = Context(options: options)
        defer { context.shutDown() }
        #expect(context.options == options)
        try PullSocket(context: context).bind("tcp://127.0.0.1:*")
        let found = try threads(named: "mine-io-")
        #expect(found.count == 3)
        #expect(found.allSatisfy { $0.contains("Cpus_allowed_list:\t0\n") })
    }

    @Test("bad values are refused by the first bind, by name")
    func badValues() {
        let changes: [(String, (inout ContextOptions) -> Void)] = [
            ("ioThreads", { $0.ioThreads = 0 }),
            ("ioThreads", { $0.ioThreads = 65 }),
            ("maximumSockets", { $0.maximumSockets = 0 }),
            ("maximumAuthentications", { $0.maximumAuthentications = 0 }),
            ("threadNamePrefix", { $0.threadNamePrefix = "" }),
            ("threadNamePrefix", { $0.threadNamePrefix = "ninechars" }),
            ("threadAffinity", { $0.threadAffinity = [-1] }),
            ("threadAffinity", { $0.threadAffinity = [1023] }),
            ("threadScheduling", { $0.threadScheduling = .other(niceness: 20) }),
            ("threadScheduling", { $0.threadScheduling = .roundRobin(priority: 0) }),
            ("spinning", { $0.spinning = .always(upTo: .zero) }),
            ("spinning", { $0.spinning = .always(upTo: .milliseconds(11)) }),
        ]
        for (name, change) in changes {
            var options = ContextOptions()
            change(&options)
            let context = Context(options: options)
            defer { context.shutDown() }
            if name == "maximumSockets" {
                let refusal = code { try PullSocket(context: context).bind("inproc://none") }
                #expect(refusal == .resourceExhausted)
                continue
            }
            do throws(ZeroMQError) {
                try PullSocket(context: context).bind("tcp://127.0.0.1:*")
                Issue.record("\(name) was accepted")
            } catch {
                #expect(error.code == .invalidOption && error.message.contains(name))
            }
        }
    }

    @Test("a socket beyond the limit says so, until another is closed")
    func limit() throws {
        var options = ContextOptions()
        #expect(options.maximumSockets == .unlimited)
        options.maximumSockets = 2
        let context = Context(options: options)
        defer { context.shutDown() }
        let first = PullSocket(context: context)
        let second = PushSocket(context: context)
        let third = PullSocket(context: context)
        #expect(code { try third.bind("inproc://third") } == .resourceExhausted)
        first.close()
        let fourth = PullSocket(context: context)
        try fourth.bind("inproc://fourth")
        withExtendedLifetime(second) {}
    }

    @Test("new sockets begin with the context's defaults")
    func defaults() throws {
        var options = ContextOptions()
        options.socketDefaults.ipv6 = true
        options.defaultLinger = .discard
        let context = Context(options: options)
        defer { context.shutDown() }
        let socket = PullSocket(context: context)
        #expect(socket.options.ipv6 && socket.linger == .discard)
        #expect(Context.shared.options == .default)
        #expect(SocketOptions.default == SocketOptions())
    }
}
