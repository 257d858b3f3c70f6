internal import ZeroMQReactor

/// Moves messages between two sockets, in both directions, until it is told to stop.
///
/// The usual pairs are ROUTER and DEALER (a queue for requests), XSUB and XPUB (a forwarder), PULL
/// and PUSH (a streamer). What one side cannot take waits on the other: nothing is taken from a
/// socket while there is no room for it. A frontend without a backend is sent its own messages
/// back, so a REP becomes a server that answers each request with itself. Between REQ and REP one
/// message goes each way in turn. Nobody else should use the sockets meanwhile.
///
/// Messages that the receiving side has no way to deliver, such as one for a ROUTER's peer that is
/// not there, are counted as rejected and do not end the proxy.
///
/// C: `zmq_proxy`, `zmq_proxy_steerable`.
public final class Proxy: Sendable {
    private let steering = ProxySteering()
    private let counters = ProxyCounters()
    let engine: Locked<ProxyEngine?>

    /// Prepares a proxy between two sockets.
    ///
    /// `capture` gets a copy of every message of both directions; while it has no room the proxy
    /// waits. The sockets may be bound and connected before or after.
    public init(
        frontend: any Socket,
        backend: (any Socket)? = nil,
        capture: (any SendingSocket)? = nil
    ) {
        let (front, back) = (frontend.handle.core, (backend ?? frontend).handle.core)
        canMove = front.canReceive && back.canSend || back.canReceive && front.canSend
        engine = Locked(
            ProxyEngine(
                frontend: frontend,
                backend: backend ?? frontend,
                capture: capture,
                counters: counters
            )
        )
    }

    /// Whether messages can go in one direction at least.
    private let canMove: Bool

    // MARK: Running

    /// Moves messages until `terminate` is called or a socket is closed.
    /// - Throws: `contextShutDown`; `invalidState` if it runs already; `unsupportedOperation`
    ///   if no message could go either way; whatever else a socket throws.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func run() throws(ZeroMQError) {
        var engine = try takeEngine()
        defer { giveBack(engine) }
        try engine.sockets[0].handle.core.context.checkProcess()
        let context = engine.sockets[0].handle.core.context
        var parker = context.makeParker()
        do throws(ZeroMQError) {
            while true {
                if !parker.hasLoop { parker = context.makeParker() }
                switch try step(&engine, .thread(parker)) {
                case .moved: break
                case .terminated: return
                case .waiting(let tickets):
                    parker.wait(in: context)
                    engine.withdraw(tickets)
                    steering.forget()
                }
            }
        } catch {
            guard error.code == .socketClosed else { throw error }
        }
    }

    /// Moves messages until `terminate` is called, a socket is closed, or the task is cancelled.
    ///
    /// The task is suspended while there is nothing to do.
    /// - Throws: `cancelled`; otherwise as the blocking form.
    public func run() async throws(ZeroMQError) {
        var engine = try takeEngine()
        defer { giveBack(engine) }
        let context = engine.sockets[0].handle.core.context
        let parker = TaskParker()
        do throws(ZeroMQError) {
            while true {
                guard !Task.isCancelled else { throw .cancelled }
                switch try step(&engine, .task(parker)) {
                // Others want the thread as well.
                case .moved: await Task.yield()
                case .terminated: return
                case .waiting(let tickets):
                    context.addFollower()
                    let outcome = await parker.park()
                    context.removeFollower()
                    engine.withdraw(tickets)
                    steering.forget()
                    if outcome == .cancelled { throw .cancelled }
                }
            }
        } catch {
            guard error.code == .socketClosed else { throw error }
        }
    }

    private enum Step {
        case moved
        case waiting([ProxyEngine.Ticket])
        case terminated
    }

    /// Moves a batch in each direction; if there is none, queues up where there will be one.
    private func step(_ engine: inout ProxyEngine, _ waiter: Waiter) throws(ZeroMQError) -> Step {
        switch steering.phase {
        case .terminated:
            steering.resume()
            return .terminated
        case .paused: return steering.wait(waiter, unless: .paused) ? .waiting([]) : .moved
        case .running: break
        }
        if try engine.moveBatches() { return .moved }
        guard steering.wait(waiter, unless: .running) else { return .moved }
        guard let tickets = engine.queueUp(waiter) else {
            steering.forget()
            return .moved
        }
        return .waiting(tickets)
    }

    private func takeEngine() throws(ZeroMQError) -> ProxyEngine {
        guard canMove else {
            throw ZeroMQError(
                .unsupportedOperation,
                "neither of the two sockets can send what the other one receives",
                hint: "the usual pairs are ROUTER and DEALER, XSUB and XPUB, PULL and PUSH"
            )
        }
        guard let engine = engine.withLock({ $0.take() }) else {
            throw ZeroMQError(.invalidState, "the proxy is running already")
        }
        return engine
    }

    /// What was taken and could not be sent yet stays with the engine, for the next run.
    private func giveBack(_ engine: ProxyEngine) {
        self.engine.withLock { $0 = engine }
    }

    // MARK: Steering, from any thread or task

    /// Stops moving messages until `resume`. They wait in the sockets. C: `PAUSE`.
    ///
    /// The batch that is being moved at the time is moved to its end: a thousand messages at most.
    public func pause() { steering.change(to: .paused) }

    /// Goes on moving messages. C: `RESUME`.
    public func resume() { steering.change(to: .running) }

    /// Makes `run` return, or the next `run` if there is none now. C: `TERMINATE`.
    public func terminate() { steering.change(to: .terminated) }

    /// What has been moved so far. C: `STATISTICS`.
    ///
    /// A message is counted before its recipient can have it. While the proxy is at work its
    /// numbers are not all of one moment: a message may be counted as received and not yet as sent.
    public var statistics: ProxyStatistics { counters.statistics }
}

extension ThreadParker {
    /// Waits for the token. Who began before there was a loop does not drive it when it comes, and
    /// says so.
    fileprivate func wait(in context: ContextCore) {
        guard !hasLoop else {
            _ = wait()
            return
        }
        context.addFollower()
        _ = park()
        context.removeFollower()
    }
}
