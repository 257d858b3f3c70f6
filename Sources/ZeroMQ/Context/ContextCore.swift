internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// What all sockets of a context share: event loops, the inproc names, the resolver, network,
/// clock and dice.
@usableFromInline
final class ContextCore: @unchecked Sendable {
    // Sendable because the state is behind a lock and the parts are safe to share.

    let clock: any MonotonicClock
    let network: any Network
    let inproc = InprocRegistry()
    let resolver = NameResolver()
    private let home = ProcessMark.current
    private let ioThreads: Int
    private let random: Locked<any RandomNumberGenerator>
    private let state = Locked(State())

    private struct State {
        var loops: [EventLoop] = []
        var nextLoop = 0
        var sockets: [ObjectIdentifier: SocketCore] = [:]
        var isShutDown = false
    }

    init(
        ioThreads: Int,
        clock: any MonotonicClock = SystemClock(),
        network: any Network = KernelNetwork(),
        random: sending any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.ioThreads = max(1, ioThreads)
        self.clock = clock
        self.network = network
        self.random = Locked(random)
    }

    func withRandom<R>(_ body: (inout any RandomNumberGenerator) -> R) -> R {
        random.withLock { body(&$0) }
    }

    // MARK: The process

    /// Whether this is a child that `fork` made: the threads of the context stayed with its parent.
    var isForked: Bool { ProcessMark.current != home }

    /// Throws where a call would wait for threads that are not in this process.
    func checkProcess() throws(ZeroMQError) {
        if isForked { throw .processForked }
    }

    // MARK: Sockets

    func makeSocket(_ kind: SocketKind) -> SocketCore {
        let core = SocketCore(kind: kind, context: self)
        let isShutDown = state.withLock { state in
            if !state.isShutDown { state.sockets[ObjectIdentifier(core)] = core }
            return state.isShutDown
        }
        if isShutDown { _ = core.close(saying: .contextShutDown, linger: .discard) }
        return core
    }

    /// A socket is closed and needs nothing any more.
    func forget(_ core: SocketCore) {
        state.withLock { _ = $0.sockets.removeValue(forKey: ObjectIdentifier(core)) }
    }

    // MARK: Loops

    /// The event loop that serves the next connection; the first call starts the threads.
    func nextLoop() throws(ZeroMQError) -> EventLoop {
        try state.withLock { state throws(ZeroMQError) in
            guard !state.isShutDown else { throw .contextShutDown }
            if state.loops.isEmpty { state.loops = try startLoops() }
            state.nextLoop = (state.nextLoop + 1) % state.loops.count
            return state.loops[state.nextLoop]
        }
    }

    private func startLoops() throws(ZeroMQError) -> [EventLoop] {
        var loops: [EventLoop] = []
        do throws(SystemError) {
            for index in 0..<ioThreads {
                let loop = EventLoop(
                    selector: try network.makeSelector(),
                    clock: clock,
                    name: "zmq-io-\(index)"
                )
                try loop.start()
                loops.append(loop)
            }
            return loops
        } catch {
            for loop in loops { loop.stop() }
            throw ZeroMQError(
                .resourceExhausted,
                "an I/O thread could not be started",
                system: error,
                hint: error.isShortage ? "raise the limit on open files, ulimit -n" : nil
            )
        }
    }

    // MARK: The end

    /// Wakes every waiting call, closes every socket with its linger, and stops the threads.
    func shutDown() {
        guard !isForked else { return }
        let sockets = state.withLock { state in
            state.isShutDown = true
            return Array(state.sockets.values)
        }
        let waiting = sockets.map { core in
            let finished = Condition(false)
            core.beginClose(saying: .contextShutDown, linger: nil) {
                finished.change { $0 = true }
            }
            return finished
        }
        let forever = Deadline(.forever, clock: clock)
        for finished in waiting { _ = finished.wait(until: forever, clock: clock) { $0 } }
        let loops = state.withLock { state in
            defer { state.loops = [] }
            return state.loops
        }
        for loop in loops { loop.stop() }
        for loop in loops { loop.join() }
        resolver.stop()
    }

    /// Shuts down without waiting, as when the last reference to a context goes away.
    func shutDownInBackground() {
        guard !isForked else { return }
        _ = try? SystemThread.start(name: "zmq-closer") { self.shutDown() }
    }
}
