import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// Peers that send as fast as they can, each on a thread of its own, until they are stopped. One
/// that is refused comes back.
final class Flood: Sendable {
    private let isOver = Locked(false)
    private let threads = Locked<[SystemThread]>([])

    /// - Parameters:
    ///   - type: what the peers say they are; nil for peers that know nothing of ZMTP.
    ///   - bytes: what each of them sends again and again; called for every peer.
    init(
        at endpoint: Endpoint,
        peers: Int,
        as type: String?,
        sending bytes: (Int) -> [UInt8]
    ) throws {
        for index in 0..<peers {
            let first = try Self.connect(endpoint, as: type)
            // Many at once: the peer's own system calls are not to slow it down.
            let one = bytes(index)
            let many = Array(repeatElement(one, count: max(1, 65536 / one.count)).joined())
            let thread = try SystemThread.start(name: "flood") { [isOver] in
                var peer = first
                while !isOver.withLock({ $0 }) {
                    if Self.send(many, peer, isOver) { continue }
                    guard let next = try? Self.connect(endpoint, as: type) else { break }
                    peer = next
                }
                peer.close()
            }
            threads.withLock { $0.append(thread) }
        }
    }

    private static func connect(_ endpoint: Endpoint, as type: String?) throws -> RawPeer {
        let peer = try RawPeer(connectingTo: "\(endpoint)")
        if let type { try peer.shakeHands(as: type) }
        return peer
    }

    /// A peer whose bytes nobody takes asks now and then whether it is to stop. False if the
    /// connection is broken.
    private static func send(_ bytes: [UInt8], _ peer: RawPeer, _ isOver: Locked<Bool>) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty, !isOver.withLock({ $0 }) {
            let sent = peer.sendSome(rest, milliseconds: 20)
            guard sent >= 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    func stop() {
        isOver.withLock { $0 = true }
        for thread in threads.withLock({ $0 }) { thread.join() }
    }
}

/// Measures how late calls are, beside how late this machine is at this moment for anybody.
final class Punctuality: Sendable {
    private struct State: Sendable {
        var worstLag = Duration.zero
        var isOver = false
    }

    /// What a call may take beyond its limit. Without optimisation a frame takes a hundred times as
    /// long, and a turn of the loop may walk over a few buffers full of them.
    private static let grace = Duration.milliseconds(isOptimized ? 50 : 3000)

    private let state: Locked<State>
    private let thread: SystemThread

    init() throws {
        let state = Locked(State())
        self.state = state
        thread = try SystemThread.start(name: "lag") {
            let clock = SystemClock()
            while !state.withLock({ $0.isOver }) {
                let before = clock.now
                letPass(.milliseconds(1))
                let lag = clock.now - before - .milliseconds(1)
                state.withLock { $0.worstLag = max($0.worstLag, lag) }
            }
        }
    }

    /// Makes a call that has to be over after its limit.
    func check<Value>(
        _ name: String,
        limit: Duration = .zero,
        _ body: () throws -> Value
    ) rethrows -> Value {
        let start = begin()
        defer { end(name, limit, start) }
        return try body()
    }

    func check<Value>(
        _ name: String,
        limit: Duration = .zero,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        let start = begin()
        defer { end(name, limit, start) }
        return try await body()
    }

    private func begin() -> Instant {
        state.withLock { $0.worstLag = .zero }
        return SystemClock().now
    }

    private func end(_ name: String, _ limit: Duration, _ start: Instant) {
        let taken = SystemClock().now - start
        // Several threads may have had to wait for a processor, one after the other.
        let allowed = limit + Self.grace + state.withLock { $0.worstLag } * 4
        #expect(taken <= allowed, "\(name) took \(taken)")
    }

    func stop() {
        state.withLock { $0.isOver = true }
        thread.join()
    }

    static var isOptimized: Bool {
        var isDebug = false
        func noteDebugging() -> Bool {
            isDebug = true
            return true
        }
        assert(noteDebugging())
        return !isDebug
    }
}
