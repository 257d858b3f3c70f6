import Glibc
import ZeroMQ

/// Forks in a tight loop while sockets are opened.
enum ForkStorm {
    /// How many of so many children did not come to their end: they open sockets of their own.
    static func countHanging(of count: Int) -> Int {
        // Swift keeps `fork` from programs, which may make one all the same.
        guard let symbol = dlsym(nil, "fork") else { return count }
        let fork = unsafeBitCast(symbol, to: (@convention(c) () -> pid_t).self)
        let context = Context()
        defer { context.shutDown() }
        var sockets: [any Socket] = []
        var children: [pid_t] = []
        var hanging = 0
        for _ in 0..<count {
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            guard let endpoint = try? pull.bind("tcp://127.0.0.1:*") else { return count }
            try? push.connect(endpoint)
            sockets += [push, pull] as [any Socket]
            let child = fork()
            if child == 0 { live() }
            children.append(child)
        }
        for child in children {
            var status: Int32 = 0
            if waitpid(child, &status, 0) != child || status != 0 { hanging += 1 }
        }
        for socket in sockets { socket.linger = .discard }
        return hanging
    }

    /// The life of a child.
    private static func live() -> Never {
        // One that hangs is ended by this.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGALRM)
        sigprocmask(SIG_UNBLOCK, &signals, nil)
        alarm(60)
        let context = Context()
        let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
        do {
            try push.connect(pull.bind("tcp://127.0.0.1:*"))
            try push.send("hello")
            _exit(try pull.receive(timeout: .seconds(30)) == "hello" ? 0 : 1)
        } catch {
            _exit(2)
        }
    }
}
