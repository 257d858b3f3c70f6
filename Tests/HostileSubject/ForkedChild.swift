import Glibc
import ZeroMQ

/// What becomes of calls in a child that `fork` made of this process.
enum ForkedChild {
    /// Has the child make calls on a socket of its parent, and writes down how each ended.
    static func outcomes(of socket: any Socket, _ context: Context) -> [String] {
        let poller = Poller()
        poller.add(socket, for: [.readable, .writable])
        // Swift keeps `fork` from programs, which may make one all the same.
        guard let symbol = dlsym(nil, "fork") else { return ["no fork"] }
        let fork = unsafeBitCast(symbol, to: (@convention(c) () -> pid_t).self)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return ["no pipe"] }
        let child = fork()
        if child == 0 {
            // A call that hangs ends the child, and the list with it.
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGALRM)
            sigprocmask(SIG_UNBLOCK, &signals, nil)
            alarm(10)
            for line in calls(on: socket, poller, context) + [ownContext()] {
                let bytes = Array((line + "\n").utf8)
                _ = write(ends[1], bytes, bytes.count)
            }
            exit(0)
        }
        close(ends[1])
        defer { close(ends[0]) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(ends[0], &buffer, buffer.count), count > 0 {
            bytes += buffer[..<count]
        }
        waitpid(child, nil, 0)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func calls(
        on socket: any Socket,
        _ poller: Poller,
        _ context: Context
    ) -> [String] {
        var lines = [
            outcome("bind") { _ = try socket.bind("tcp://127.0.0.1:*") },
            outcome("bind inproc") { _ = try socket.bind("inproc://x") },
            outcome("connect") { try socket.connect("tcp://127.0.0.1:9") },
            outcome("peers") { try socket.waitForPeers(atLeast: 99) },
            outcome("poll") { _ = try poller.wait() },
            outcome("descriptor") { _ = try poller.descriptor },
        ]
        if let receiver = socket as? any ReceivingSocket {
            lines.append(
                outcome("receive") { _ = try receiver.receive() }
            )
        }
        if let sender = socket as? any SendingSocket {
            lines.append(
                outcome("send") {
                    for _ in 0..<5000 { try sender.send("from the child") }
                }
            )
        }
        while socket.events.next() != nil {}
        lines.append("events end")
        lines.append("close \(socket.close())")
        context.shutDown()
        lines.append("shutDown returns")
        return lines
    }

    private static func outcome(_ name: String, _ call: () throws -> Void) -> String {
        do {
            try call()
            return "\(name) returns"
        } catch {
            let code = (error as? ZeroMQError)?.code
            return "\(name) \(code.map { "\($0)" } ?? "an error of another type")"
        }
    }

    /// A context that the child made works there.
    private static func ownContext() -> String {
        outcome("own context") {
            let context = Context()
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind("tcp://127.0.0.1:*"))
            try push.send("hello")
            _ = try pull.receive(timeout: .seconds(5))
            context.shutDown()
        }
    }
}
