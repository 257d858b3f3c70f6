internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// What all sockets of a context share: event loops, inproc names, resolver, network, clock and
/// random numbers.
@usableFromInline
final class ContextCore: @unchecked Sendable {
    // Sendable because the state is behind a lock and the parts are safe to share.

    let clock: any MonotonicClock
    let network: any Network
    let inproc = InprocRegistry()
    let resolver: NameResolver
    let options: ContextOptions
    /// False for a context without threads of its own: its loop runs only while a call waits.
    let hasThreads: Bool
    /// The pending questions to the authenticators of all sockets.
    let questions: QuestionPool
    private let spinMode: SpinGovernor.Mode
    /// Relaxed: only makes the governors differ.
    private let governors = Atomic<UInt32>(0)
    private let home = ProcessMark.current
    private let random: Locked<any RandomNumberGenerator>
    private let state = Locked(State())
    /// The only loop's own thread may be standing by, because a caller is busy receiving. Relaxed:
    /// a hint. A caller that misses it waits at most as long as a loop may go without a driver.
    private let loopIsSpared = Atomic<Bool>(false)

    private struct State {
        var loops: [EventLoop] = []
        /// Waiting calls that drive no loop, some perhaps from before there was a loop.
        var followers = 0
        var nextLoop = 0
        var sockets: [ObjectIdentifier: SocketCore] = [:]
        var isShutDown = false
    }

    init(
        options: ContextOptions,
        clock: any MonotonicClock = SystemClock(),
        network: any Network = KernelNetwork(),
        resolver: NameResolver = NameResolver(),
        hasThreads: Bool = true,
        random: sending any RandomNumberGenerator = KernelDice()
    ) {
        self.options = options
        // A loop that is driven by hand has one thread for both ends.
        spinMode = hasThreads ? options.spinning.mode : .never
        questions = QuestionPool(most: options.maximumAuthentications)
        self.clock = clock
        self.network = network
        self.resolver = resolver
        self.hasThreads = hasThreads
        self.random = Locked(random)
    }

    func makeSpinGovernor() -> SpinGovernor {
        SpinGovernor(spinMode, seed: governors.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    func withRandom<R>(_ body: (inout any RandomNumberGenerator) -> R) -> R {
        random.withLock { body(&$0) }
    }

    // MARK: The process

    /// Whether this process is a forked child. The context's threads exist only in its parent.
    var isForked: Bool { ProcessMark.current != home }

    /// Throws in a forked child, where a call would wait for threads that are not there.
    func checkProcess() throws(ZeroMQError) {
        if isForked { throw .processForked }
    }

    // MARK: Sockets

    func makeSocket(_ kind: SocketKind) -> SocketCore {
        let core = SocketCore(kind: kind, context: self)
        let refusal = state.withLock { state -> ZeroMQError? in
            if state.isShutDown { return .contextShutDown }
            if case .count(let most) = options.maximumSockets, state.sockets.count >= most {
                return .tooManySockets(most)
            }
            state.sockets[ObjectIdentifier(core)] = core
            return nil
        }
        if let refusal { _ = core.close(saying: refusal, linger: .discard) }
        return core
    }

    /// Forgets a socket that has closed.
    func forget(_ core: SocketCore) {
        state.withLock { _ = $0.sockets.removeValue(forKey: ObjectIdentifier(core)) }
    }

    // MARK: Loops

    /// The event loop for the next connection; the first call starts the threads.
    ///
    /// Each bit of `affinity` permits one loop; 0 permits all.
    func nextLoop(affinity: UInt64 = 0) throws(ZeroMQError) -> EventLoop {
        try state.withLock { state throws(ZeroMQError) in
            let loops = try loops(of: &state)
            for _ in loops.indices {
                state.nextLoop = (state.nextLoop + 1) % loops.count
                let isAllowed = affinity == 0 || affinity >> UInt64(state.nextLoop) & 1 == 1
                if isAllowed { return loops[state.nextLoop] }
            }
            throw ZeroMQError(
                .invalidOption,
                "the option ioThreadAffinity names none of the \(loops.count) threads"
            )
        }
    }

    /// The event loop that runs the timers of suspended tasks.
    func firstLoop() throws(ZeroMQError) -> EventLoop {
        try state.withLock { state throws(ZeroMQError) in try loops(of: &state)[0] }
    }

    private func loops(of state: inout State) throws(ZeroMQError) -> [EventLoop] {
        guard !state.isShutDown else { throw .contextShutDown }
        if state.loops.isEmpty {
            state.loops = try startLoops()
            for loop in state.loops { for _ in 0..<state.followers { loop.addFollower() } }
        }
        return state.loops
    }

    /// A task or a poller waits for a socket, so the loops must not rely on a caller to drive them.
    func addFollower() {
        state.withLock { state in
            state.followers += 1
            for loop in state.loops { loop.addFollower() }
        }
    }

    func removeFollower() {
        state.withLock { state in
            state.followers -= 1
            for loop in state.loops { loop.removeFollower() }
        }
    }

    /// A parker. If there is only one loop, the waiting thread drives it.
    func makeParker() -> ThreadParker { ThreadParker(loop: onlyLoop) }

    /// The loop, if there is only one.
    var onlyLoop: EventLoop? {
        state.withLock { $0.loops.count == 1 ? $0.loops.first : nil }
    }

    /// A caller receives so much on its own thread that the loop's own thread may stand by.
    func spareLoop(_ loop: EventLoop) {
        loop.noteBusyCaller()
        loopIsSpared.store(true, ordering: .relaxed)
    }

    /// Called when a caller found nothing and does not wait. If the loop's own thread stands by for
    /// a busy caller, it is called back.
    @inline(__always)
    func attendLoop() {
        if loopIsSpared.load(ordering: .relaxed) { callLoopBack() }
    }

    @inline(never)
    private func callLoopBack() {
        guard !isForked else { return }
        loopIsSpared.store(false, ordering: .relaxed)
        onlyLoop?.attend()
    }

    /// Leaves work to an event loop that could otherwise hold this thread up for long. Returns
    /// false if there is no loop. While a context shuts down, its loops still run.
    func leaveToLoop(_ body: @escaping @Sendable () -> Void) -> Bool {
        guard !isForked else { return false }
        let loop = state.withLock { state in
            state.loops.first ?? (try? loops(of: &state))?.first
        }
        return loop?.execute(body) ?? false
    }

    // MARK: The end

    /// Wakes every waiting call, closes every socket with its linger, and stops the threads.
    func shutDown() {
        guard !isForked else { return }
        let sockets = state.withLock { state in
            state.isShutDown = true
            return Array(state.sockets.values)
        }
        // All of them first: the end of one makes room in another, where a call that waits would go
        // on instead of throwing.
        for core in sockets { core.endSides(.contextShutDown) }
        inproc.shutDown()
        let waiting = sockets.map { core in
            let finished = Condition(false)
            core.beginClose(saying: .contextShutDown, linger: nil) {
                finished.change { $0 = true }
            }
            return finished
        }
        let forever = Deadline(.forever, clock: clock)
        for finished in waiting { _ = finished.wait(until: forever, in: self) { $0 } }
        let loops = state.withLock { state in
            defer { state.loops = [] }
            return state.loops
        }
        for loop in loops { loop.stop() }
        for loop in loops { loop.join() }
        resolver.stop()
    }

    /// Shuts down on a separate thread, which may block, and suspends the task meanwhile.
    func shutDownSuspending() async {
        await withCheckedContinuation { continuation in
            guard !startShutDown(then: { continuation.resume() }) else { return }
            // Without another thread, this one has to block.
            shutDown()
            continuation.resume()
        }
    }

    /// Shuts down on a separate thread. Returns false if no thread can be started.
    func startShutDown(then done: @escaping @Sendable () -> Void) -> Bool {
        let thread = try? SystemThread.start(name: "zmq-closer") {
            self.shutDown()
            done()
        }
        return thread != nil
    }

    /// The sockets that are open or lingering.
    var openSockets: [SocketCore] { state.withLock { Array($0.sockets.values) } }

    /// Whether this thread drives one of the loops: if it waited, that loop would stand still.
    var isOnLoop: Bool { state.withLock { $0.loops.contains(where: \.isOnLoop) } }

    /// Shuts down without waiting, for example when the last reference to a context goes away.
    func shutDownInBackground() {
        guard !isForked else { return }
        _ = startShutDown {}
    }
}

extension ZeroMQError {
    fileprivate static func tooManySockets(_ most: Int) -> ZeroMQError {
        ZeroMQError(
            .resourceExhausted,
            "the context has \(most) open sockets, as many as it may",
            hint: "close sockets that are not used, or raise maximumSockets"
        )
    }
}
