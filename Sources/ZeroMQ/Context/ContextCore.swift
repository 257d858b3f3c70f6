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
    let resolver: NameResolver
    let options: ContextOptions
    /// Without threads of its own nothing happens but while a call waits, on the caller's thread.
    let hasThreads: Bool
    /// What authenticators of all sockets are asked.
    let questions: QuestionPool
    private let home = ProcessMark.current
    private let random: Locked<any RandomNumberGenerator>
    private let state = Locked(State())
    /// The only loop's own thread may be standing by, because a caller was busy. Relaxed: a hint;
    /// who misses it waits for as long as a loop may go without a driver.
    private let loopIsSpared = Atomic<Bool>(false)

    private struct State {
        var loops: [EventLoop] = []
        /// Who waits for sockets and drives no loop, perhaps since before there was one.
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
        questions = QuestionPool(most: options.maximumAuthentications)
        self.clock = clock
        self.network = network
        self.resolver = resolver
        self.hasThreads = hasThreads
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

    /// A socket is closed and needs nothing any more.
    func forget(_ core: SocketCore) {
        state.withLock { _ = $0.sockets.removeValue(forKey: ObjectIdentifier(core)) }
    }

    // MARK: Loops

    /// The event loop that serves the next connection; the first call starts the threads.
    ///
    /// Bits of the mask stand for loops that may be chosen; no bit at all for any loop.
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

    /// The event loop that keeps the time for suspended tasks.
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

    /// A poller waits for a socket: nobody may count on its thread to drive a loop.
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

    /// A place to wait in. If there is one loop, who waits there drives it.
    func makeParker() -> ThreadParker { ThreadParker(loop: onlyLoop) }

    /// The loop, if there is only one.
    var onlyLoop: EventLoop? {
        state.withLock { $0.loops.count == 1 ? $0.loops.first : nil }
    }

    /// A caller receives so much by itself that the loop's own thread may as well stand by.
    func spareLoop(_ loop: EventLoop) {
        loop.noteBusyCaller()
        loopIsSpared.store(true, ordering: .relaxed)
    }

    /// A caller found nothing to be done, and does not wait: if the loop's own thread stands by for
    /// somebody who was busy, it is called back.
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

    /// Has an event loop do what would hold this thread up for as long as others like. False if
    /// there is no loop to do it. While a context shuts down its loops go on.
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

    /// Shuts down on a thread of its own, which may wait, and suspends the task meanwhile.
    func shutDownSuspending() async {
        await withCheckedContinuation { continuation in
            let isStarted: ()? = try? startCloser { continuation.resume() }
            // Without a thread to spare nothing is left but to wait here.
            if isStarted == nil {
                shutDown()
                continuation.resume()
            }
        }
    }

    /// Shuts down on a thread of its own. False if there is none to be had.
    func startShutDown(then done: @escaping @Sendable () -> Void) -> Bool {
        (try? startCloser(then: done)) != nil
    }

    /// The sockets that are open, or lingering.
    var openSockets: [SocketCore] { state.withLock { Array($0.sockets.values) } }

    /// Whether this thread drives one of the loops, which would not get on if it waited.
    var isOnLoop: Bool { state.withLock { $0.loops.contains(where: \.isOnLoop) } }

    private func startCloser(then done: @escaping @Sendable () -> Void) throws(SystemError) {
        _ = try SystemThread.start(name: "zmq-closer") {
            self.shutDown()
            done()
        }
    }

    /// Shuts down without waiting, as when the last reference to a context goes away.
    func shutDownInBackground() {
        guard !isForked else { return }
        try? startCloser {}
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
