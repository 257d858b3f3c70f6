internal import CLibrary
internal import CZeroMQKernel
package import ZeroMQ

/// Exit codes of the tools, as the system's `sysexits` has them.
package enum ExitCode {
    package static let success: Int32 = 0
    package static let failure: Int32 = 1
    package static let usage: Int32 = 64
    package static let timedOut: Int32 = 75
}

/// Prints to standard error and ends the program.
package func complain(_ text: String, status: Int32) -> Never {
    note(text)
    exit(status)
}

/// Prints a line to standard error, where it is not mixed with messages.
package func note(_ text: String) {
    _ = (text + "\n").withCString { write(STDERR_FILENO, $0, strlen($0)) }
}

/// Ends the program for an error: quietly after Ctrl-C, with a word about everything else.
package func end(with error: ZeroMQError, usage: String) -> Never {
    switch error.code {
    case .contextShutDown: exit(ExitCode.success)
    case .invalidEndpoint, .unsupportedTransport, .invalidOption:
        complain("\(error)\n\(usage)", status: ExitCode.usage)
    case .timedOut: complain("\(error)", status: ExitCode.timedOut)
    default: complain("\(error)", status: ExitCode.failure)
    }
}

/// Calls `work` on Ctrl-C or SIGTERM, on a thread of its own, and then ends the program.
package func onInterrupt(_ work: @escaping @Sendable () -> Void) {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    // Blocked before there is another thread, hence in all of them: only `sigwait` sees them.
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    startThread { [signals] in
        var signals = signals
        var signal: Int32 = 0
        sigwait(&signals, &signal)
        work()
        exit(ExitCode.success)
    }
}

/// Runs `work` on a thread of its own, because calls such as `receive` wait.
package func startThread(_ work: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
    let box = Unmanaged.passRetained(Box(work))
    let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
        if let box = $0 { Unmanaged<Box>.fromOpaque(box).takeRetainedValue().work() }
        return nil
    }
    _ = zeromq_create_thread(nil, entry, box.toOpaque())
}
