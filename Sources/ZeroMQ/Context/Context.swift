internal import ZeroMQReactor

/// Owns the I/O threads and the inproc names of its sockets.
///
/// Most programs need one context and use `Context.shared` without mentioning it. A separate
/// context keeps parts of a program apart and can be shut down as a whole.
///
/// C: `zmq_ctx_new`, `zmq_ctx_term`.
public final class Context: Sendable {
    /// The context of every socket that is not given another.
    ///
    /// When the process exits, by `exit` or at the end of `main`, this context sends accepted
    /// messages for as long as each socket's `linger` allows. A process that is ended by a signal,
    /// or by `_exit`, sends nothing more.
    public static let shared: Context = {
        let context = Context()
        _ = ExitWork.add { context.core.finishAtExit() }
        return context
    }()

    @usableFromInline let core: ContextCore

    /// Makes a context. Its threads start with the first bind or connect over a network transport.
    ///
    /// C: `ZMQ_IO_THREADS`. One thread serves several gigabits per second. Default 1, at least 1.
    public init(ioThreads: Int = 1) {
        var options = ContextOptions()
        options.ioThreads = max(1, ioThreads)
        core = ContextCore(options: options)
    }

    /// Makes a context with options.
    public init(options: ContextOptions) {
        core = ContextCore(options: options)
    }

    /// The options that the context was made with.
    public var options: ContextOptions { core.options }

    init(core: ContextCore) { self.core = core }

    /// Shuts everything down: waiting calls throw `contextShutDown` at once, sockets close after
    /// their linger, and the call returns when all descriptors are closed. A second call waits as
    /// well.
    ///
    /// C: `zmq_ctx_shutdown` and `zmq_ctx_term` in one.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func shutDown() { core.shutDown() }

    deinit { core.shutDownInBackground() }
}
