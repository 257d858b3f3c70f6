import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// A thread of the application that is held up in the middle of a system call.
final class HeldThread: Sendable {
    enum Call { case sending, receiving }

    private enum Place { case elsewhere, inside, released }

    private let place = Locked(Place.elsewhere)
    private let worker: Worker<Void>

    /// Has a thread work until it is inside a call, and returns when it is held up there.
    init(
        in network: FaultyNetwork,
        during call: Call,
        _ work: @escaping @Sendable () throws -> Void
    ) throws {
        worker = try Worker { [place] in
            let thread = SystemThread.currentIdentity
            let hold: @Sendable () -> Void = {
                guard SystemThread.currentIdentity == thread else { return }
                place.withLock { if $0 == .elsewhere { $0 = .inside } }
                while place.withLock({ $0 == .inside }) { letPass(.milliseconds(1)) }
            }
            switch call {
            case .sending: network.beforeSending(hold)
            case .receiving: network.beforeReceiving(hold)
            }
            while place.withLock({ $0 == .elsewhere }) { try work() }
        }
        while place.withLock({ $0 == .elsewhere }) { letPass(.milliseconds(1)) }
    }

    /// A receiver that reads from the descriptor itself, which it does when it has run dry after a
    /// burst.
    convenience init(
        reading socket: some ReceivingSocket & Sendable,
        from peer: RawPeer,
        in network: FaultyNetwork
    ) throws {
        try self.init(in: network, during: .receiving) {
            for _ in 0..<20 { peer.send(Wire.text("x")) }
            while socket.statistics.messagesQueuedToReceive < 20 { letPass(.milliseconds(1)) }
            for _ in 0..<20 { _ = try socket.tryReceive() }
            _ = try socket.tryReceive()
        }
    }

    /// Lets it go on.
    func release() { place.withLock { $0 = .released } }

    /// Waits for its end, and throws what it threw.
    func finish() throws { try worker.value() }
}
