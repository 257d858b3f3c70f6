/// Settings of a context, fixed when it is made.
///
/// An option that cannot take effect is reported by the first bind or connect over a network
/// transport, which starts the threads.
public struct ContextOptions: Sendable, Hashable {
    /// Every option at its default.
    public init() {}

    /// Every option at its default.
    public static var `default`: ContextOptions { ContextOptions() }

    /// Threads that serve network connections.
    ///
    /// C: `ZMQ_IO_THREADS`. Default 1; 1 to 64. One thread serves several gigabits per second.
    public var ioThreads = 1

    /// Sockets that may be open at a time; calls on a further socket throw `resourceExhausted`.
    ///
    /// C: `ZMQ_MAX_SOCKETS`. Default unlimited.
    public var maximumSockets = Limit.unlimited

    /// Questions to authenticators that are answered at a time; further questions wait in line.
    ///
    /// No C constant. Default 256; at least 1. A closure that blocks occupies a thread, an
    /// asynchronous one a task. A closure that never returns keeps its place forever. A question
    /// whose peer has gone leaves the line.
    public var maximumAuthentications = 256

    /// The prefix of the names of the context's threads; `-io-` and a number follow.
    ///
    /// C: `ZMQ_THREAD_NAME_PREFIX`. Default `zmq`; 1 to 8 bytes of ASCII. Names end after 15.
    public var threadNamePrefix = "zmq"

    /// Processors on which the context's threads may run; empty for any.
    ///
    /// C: `ZMQ_THREAD_AFFINITY_CPU_ADD`, `ZMQ_THREAD_AFFINITY_CPU_REMOVE`. Default empty; numbers
    /// from 0 to 1023, at least one of which the system must have.
    public var threadAffinity: Set<Int> = []

    /// How the system schedules the context's threads.
    ///
    /// C: `ZMQ_THREAD_SCHED_POLICY`, `ZMQ_THREAD_PRIORITY`. Default `inherited`.
    public var threadScheduling = ThreadScheduling.inherited

    /// Whether a thread that waits for a message looks again and again for a while, before it
    /// sleeps.
    ///
    /// No C constant: libzmq sleeps at once, which is `.never`, the default. Has no effect if the
    /// process may use less than two processors.
    public var spinning = Spinning.never

    /// The options that new sockets begin with.
    ///
    /// C: `ZMQ_IPV6` of the context. Default every option at its default.
    public var socketDefaults = SocketOptions()

    /// The linger that new sockets begin with.
    ///
    /// C: `ZMQ_BLOCKY`, whose 0 is `.discard`. Default 30 s.
    public var defaultLinger = Linger.wait(upTo: .seconds(30))
}

/// How the system schedules a thread.
public enum ThreadScheduling: Hashable, Sendable {
    /// Like the thread that started it.
    case inherited
    /// The usual policy, with a niceness of −20 to 19; below 0 needs privileges.
    case other(niceness: Int)
    /// Background work: longer turns, fewer of them.
    case batch
    /// Before all ordinary threads, until it waits; 1 to 99. Needs privileges.
    case firstInFirstOut(priority: Int)
    /// Before all ordinary threads, in turn with threads of equal priority; 1 to 99. Needs
    /// privileges.
    case roundRobin(priority: Int)
}
