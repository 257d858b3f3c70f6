/// Looks names up on threads of its own, because the C library's lookup blocks.
///
/// A silent name server blocks a lookup for ten seconds and more. So several lookups run in
/// parallel, each on a thread that ends when nothing is left to look up, and one lookup serves all
/// who ask for the same name meanwhile. Lookups that need no server never wait behind others: an
/// address is answered at once, and names of this machine have a thread reserved for them.
package final class NameResolver: Sendable {
    /// Receives the outcome of a lookup.
    package typealias Completion = @Sendable (Result<[SocketAddress], ResolutionError>) -> Void

    /// A lookup that blocks; the ports of its addresses do not matter.
    package typealias Lookup =
        @Sendable (String, AddressFamily) -> Result<[SocketAddress], ResolutionError>

    /// The most lookups of other machines' names at a time.
    static let mostThreads = 8
    /// The most requests that may wait for an answer; further ones fail and may be repeated.
    static let mostAskers = 4096

    private struct Name: Hashable, Sendable {
        let host: String
        let family: AddressFamily
    }

    private struct Asker: Sendable {
        let port: UInt16
        let completion: Completion
    }

    /// The names that a thread looks up.
    private enum Lane {
        /// Names of this machine only.
        case local
        /// Every name, those of this machine first.
        case any
    }

    private struct State: Sendable {
        /// The requests for each name that is being looked up or waits for it.
        var askers: [Name: [Asker]] = [:]
        var askerCount = 0
        /// Names that no thread has taken yet.
        var (local, foreign): ([Name], [Name]) = ([], [])
        var threads: [UInt64: (lane: Lane, thread: SystemThread)] = [:]
        var nextThread: UInt64 = 0
        var isStopped = false

        func threadCount(_ lane: Lane) -> Int { threads.values.count { $0.lane == lane } }

        /// The next name for a thread of this lane.
        mutating func takeName(_ lane: Lane) -> Name? {
            if !local.isEmpty { return local.removeFirst() }
            return lane == .local || foreign.isEmpty ? nil : foreign.removeFirst()
        }
    }

    private let state = Locked(State())
    private let lookup: Lookup

    /// Makes a resolver; its threads retain it while they look something up.
    package init(lookup: @escaping Lookup = HostLookup.perform) { self.lookup = lookup }

    /// Looks up a host. The completion is called once, on the thread that found the answer.
    ///
    /// This is the calling thread for an address, and for a failure: if the resolver is stopped or
    /// cannot start a thread, or if too many requests are waiting.
    package func resolve(
        host: String,
        port: UInt16,
        family: AddressFamily,
        completion: @escaping Completion
    ) {
        let name = Name(host: host, family: family)
        let asker = Asker(port: port, completion: completion)
        let numeric = SocketAddress(numericHost: host, port: port)
        let answer = state.withLock { state -> Result<[SocketAddress], ResolutionError>? in
            if state.isStopped { return .failure(.cancelled) }
            if let numeric {
                return family.contains(numeric) ? .success([numeric]) : .failure(.notFound)
            }
            return enqueue(name, asker, &state).map { .failure($0) }
        }
        if let answer { completion(answer) }
    }

    /// Queues a lookup, or returns why not.
    private func enqueue(
        _ name: Name,
        _ asker: Asker,
        _ state: inout State
    ) -> ResolutionError? {
        guard state.askerCount < Self.mostAskers else { return .crowded }
        if state.askers[name] == nil {
            let lane = HostLookup.isLocal(name.host) ? Lane.local : .any
            if let refusal = provideThread(lane, &state) { return refusal }
            if lane == .local { state.local.append(name) } else { state.foreign.append(name) }
        }
        state.askers[name, default: []].append(asker)
        state.askerCount += 1
        return nil
    }

    /// Makes sure that a thread will take the next name of a lane.
    private func provideThread(_ lane: Lane, _ state: inout State) -> ResolutionError? {
        let most = lane == .local ? 1 : Self.mostThreads
        guard state.threadCount(lane) < most else { return nil }
        let number = state.nextThread
        do throws(SystemError) {
            // The thread first waits for the lock that is held here.
            let thread = try SystemThread.start(name: "zmq-resolver") {
                self.serve(lane, number)
            }
            state.nextThread += 1
            state.threads[number] = (lane, thread)
            return nil
        } catch {
            // Without a new thread, the existing ones will take the name.
            return state.threadCount(.any) > 0 ? nil : .system(error)
        }
    }

    /// Fails all lookups. Waits briefly for the threads.
    ///
    /// A lookup that is stuck in the C library cannot be interrupted. Its thread is abandoned: it
    /// ends when the lookup does, and the result is discarded.
    package func stop(waitingUpTo patience: Duration = .milliseconds(100)) {
        let (askers, threads) = state.withLock { state in
            state.isStopped = true
            defer {
                (state.local, state.foreign) = ([], [])
                (state.askers, state.askerCount) = ([:], 0)
            }
            return (state.askers.values.flatMap(\.self), state.threads.values.map(\.thread))
        }
        for asker in askers { asker.completion(.failure(.cancelled)) }
        let deadline = SystemClock().now + patience
        for thread in threads { thread.join(until: deadline) }
    }

    private func serve(_ lane: Lane, _ number: UInt64) {
        while let name = nextName(lane, number) {
            let result = lookup(name.host, name.family)
            // After `stop` all requests have been answered already.
            let askers = state.withLock { state in
                let askers = state.askers.removeValue(forKey: name) ?? []
                state.askerCount -= askers.count
                return askers
            }
            for asker in askers {
                asker.completion(result.map { $0.map { $0.with(port: asker.port) } })
            }
        }
    }

    /// The next name. If there is none, removes the thread from the list, and it ends.
    private func nextName(_ lane: Lane, _ number: UInt64) -> Name? {
        state.withLock { state in
            let name = state.takeName(lane)
            if name == nil { state.threads[number] = nil }
            return name
        }
    }
}
