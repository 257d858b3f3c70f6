/// Looks names up on threads of its own, because the C library's lookup blocks.
///
/// A server of names that keeps silent holds a lookup up for ten seconds and more. So several are
/// made side by side, each on a thread that ends when there is nothing left to look up, and one
/// name is looked up once for all who ask meanwhile. What needs no server waits behind nobody: an
/// address is answered at once, and the names of this machine have a thread that is kept for them.
package final class NameResolver: Sendable {
    /// Where the outcome of a lookup goes.
    package typealias Completion = @Sendable (Result<[SocketAddress], ResolutionError>) -> Void

    /// A lookup that blocks; the ports of its addresses do not matter.
    package typealias Lookup =
        @Sendable (String, AddressFamily) -> Result<[SocketAddress], ResolutionError>

    /// How many lookups of names of other machines are made at a time.
    static let mostThreads = 8
    /// How many may wait for an answer; who comes then has to ask again.
    static let mostAskers = 4096

    private struct Name: Hashable, Sendable {
        let host: String
        let family: AddressFamily
    }

    private struct Asker: Sendable {
        let port: UInt16
        let completion: Completion
    }

    /// What a thread looks up.
    private enum Lane {
        /// Names of this machine only.
        case local
        /// Every name, those of this machine first.
        case any
    }

    private struct State: Sendable {
        /// Who wants to know, for each name that is being looked up or is to be.
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

    /// Makes a resolver; its threads keep it alive while they look something up.
    package init(lookup: @escaping Lookup = HostLookup.perform) { self.lookup = lookup }

    /// Looks a host up; the completion is called once, on the thread that found the answer.
    ///
    /// That is the calling thread for an address, and for a refusal: when the resolver is stopped
    /// or cannot start a thread, or when too many are waiting.
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

    /// Has a name looked up, or says why not.
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

    /// Sees to it that a thread will take the next name of a lane.
    private func provideThread(_ lane: Lane, _ state: inout State) -> ResolutionError? {
        let most = lane == .local ? 1 : Self.mostThreads
        guard state.threadCount(lane) < most else { return nil }
        let number = state.nextThread
        do throws(SystemError) {
            // It waits for the lock before it does anything.
            let thread = try SystemThread.start(name: "zmq-resolver") {
                self.serve(lane, number)
            }
            state.nextThread += 1
            state.threads[number] = (lane, thread)
            return nil
        } catch {
            // The others will come to it.
            return state.threadCount(.any) > 0 ? nil : .system(error)
        }
    }

    /// Fails all lookups; waits for the threads a moment at most.
    ///
    /// A lookup that is stuck in the C library cannot be interrupted. Its thread is left behind and
    /// ends when the lookup does; what it found is thrown away.
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
            // After `stop` everybody has been answered already.
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

    /// The next name; without one the thread is taken off the list, and ends.
    private func nextName(_ lane: Lane, _ number: UInt64) -> Name? {
        state.withLock { state in
            let name = state.takeName(lane)
            if name == nil { state.threads[number] = nil }
            return name
        }
    }
}
