/// Looks names up on a thread of its own, because the C library's lookup blocks.
package final class NameResolver: Sendable {
    /// Where the outcome of a lookup goes.
    package typealias Completion = @Sendable (Result<[SocketAddress], ResolutionError>) -> Void

    private struct Request: Sendable {
        let host: String
        let port: UInt16
        let family: AddressFamily
        let completion: Completion
    }

    private struct State: Sendable {
        var waiting: [Request] = []
        var current: Request?
        var thread: SystemThread?
        var isStopped = false
    }

    private let state = Locked(State())
    private let parker = ThreadParker()

    /// Makes a resolver; its thread starts with the first lookup and keeps it alive until stopped.
    package init() {}

    /// Looks a host up; the completion is called once, on the resolver's thread.
    ///
    /// A resolver that is stopped, or that cannot start its thread, calls the completion on the
    /// thread that found out.
    package func resolve(
        host: String,
        port: UInt16,
        family: AddressFamily,
        completion: @escaping Completion
    ) {
        let request = Request(host: host, port: port, family: family, completion: completion)
        let refusal = state.withLock { state in enqueue(request, &state) }
        if let refusal {
            completion(.failure(refusal))
        } else {
            parker.unpark()
        }
    }

    private func enqueue(_ request: Request, _ state: inout State) -> ResolutionError? {
        if state.isStopped { return .cancelled }
        if state.thread == nil {
            do throws(SystemError) {
                state.thread = try SystemThread.start(name: "zmq-resolver") { self.serve() }
            } catch {
                return .system(error)
            }
        }
        state.waiting.append(request)
        return nil
    }

    /// Fails all lookups and ends the thread; waits for it a moment at most.
    ///
    /// A lookup that is stuck in the C library cannot be interrupted. Its thread is left behind and
    /// ends when the lookup does; what it found is thrown away.
    package func stop(waitingUpTo patience: Duration = .milliseconds(100)) {
        let (abandoned, thread) = state.withLock { state in
            state.isStopped = true
            defer {
                state.waiting = []
                state.current = nil
            }
            return ((state.current.map { [$0] } ?? []) + state.waiting, state.thread)
        }
        parker.unpark()
        for request in abandoned {
            request.completion(.failure(.cancelled))
        }
        thread?.join(until: SystemClock().now + patience)
    }

    private func serve() {
        while let request = nextRequest() {
            let result = HostLookup.perform(request.host, request.port, request.family)
            // After `stop` the request has been answered already.
            let isWanted = state.withLock { $0.current.take() != nil }
            if isWanted {
                request.completion(result)
            }
        }
    }

    /// Waits for a request; nil once stopped.
    private func nextRequest() -> Request? {
        while true {
            let (request, isStopped) = state.withLock { state in
                if !state.isStopped, !state.waiting.isEmpty {
                    state.current = state.waiting.removeFirst()
                }
                return (state.current, state.isStopped)
            }
            if isStopped { return nil }
            if let request { return request }
            _ = parker.park()
        }
    }
}
