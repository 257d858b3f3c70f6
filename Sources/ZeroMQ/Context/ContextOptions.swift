/// Settings of a context, fixed when it is made.
///
/// What cannot take effect is reported by the first bind or connect over a network transport,
/// which starts the threads.
public struct ContextOptions: Sendable, Hashable {
    /// Every option at its default.
    public init() {}

    /// Every option at its default.
    public static var `default`: ContextOptions { ContextOptions() }

    /// Threads that serve network connections.
    ///
    /// C: `ZMQ_IO_THREADS`. Default 1; 1 to 64. One thread serves several gigabits per second.
    public var ioThreads = 1

    /// Sockets that may be open at a time; a call on one beyond it throws `resourceExhausted`.
    ///
    /// C: `ZMQ_MAX_SOCKETS`. Default unlimited.
    public var maximumSockets = Limit.unlimited

    /// Questions to authenticators that are being answered at a time; the others wait in line.
    ///
    /// No C constant. Default 256; at least 1. A closure that blocks has a thread meanwhile, and
    /// an asynchronous one a task. One that never returns keeps its place for ever. A question
    /// whose peer has gone leaves the line.
    public var maximumAuthentications = 256

    /// What the names of the context's threads begin with; `-io-` and a number follow.
    ///
    /// C: `ZMQ_THREAD_NAME_PREFIX`. Default `zmq`; 1 to 8 bytes of ASCII. Names end after 15.
    public var threadNamePrefix = "zmq"

    /// Processors on which the context's threads may run; empty for any.
    ///
    /// C: `ZMQ_THREAD_AFFINITY_CPU_ADD`, `ZMQ_THREAD_AFFINITY_CPU_REMOVE`. Default empty; numbers
    /// from 0 to 1023, of which the system must have one.
    public var threadAffinity: Set<Int> = []

    /// How the system shares out processor time to the context's threads.
    ///
    /// C: `ZMQ_THREAD_SCHED_POLICY`, `ZMQ_THREAD_PRIORITY`. Default `inherited`.
    public var threadScheduling = ThreadScheduling.inherited

    /// The options that new sockets begin with.
    ///
    /// C: `ZMQ_IPV6` of the context. Default every option at its default.
    public var socketDefaults = SocketOptions()

    /// The linger that new sockets begin with.
    ///
    /// C: `ZMQ_BLOCKY`, whose 0 is `.discard`. Default 30 s.
    public var defaultLinger = Linger.wait(upTo: .seconds(30))
}

/// How the system shares out processor time to a thread.
public enum ThreadScheduling: Hashable, Sendable {
    /// As the thread that made it.
    case inherited
    /// The ordinary way, with a niceness of −20 to 19; below 0 asks for privileges.
    case other(niceness: Int)
    /// In the background: longer turns, fewer of them.
    case batch
    /// Before all ordinary threads, until it waits; 1 to 99. Asks for privileges.
    case firstInFirstOut(priority: Int)
    /// Before all ordinary threads, in turn with its like; 1 to 99. Asks for privileges.
    case roundRobin(priority: Int)
}
