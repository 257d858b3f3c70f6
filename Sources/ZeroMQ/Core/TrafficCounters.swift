internal import Synchronization

/// What a socket's connections have moved, for its statistics. Relaxed: each counter is
/// independent.
final class TrafficCounters: Sendable {
    let bytesSent = Atomic<Int>(0)
    let bytesReceived = Atomic<Int>(0)
    private let handshakes = Atomic<Int>(0)
    private let reconnects = Atomic<Int>(0)

    func noteHandshake(isReconnect: Bool) {
        handshakes.wrappingAdd(1, ordering: .relaxed)
        if isReconnect { reconnects.wrappingAdd(1, ordering: .relaxed) }
    }

    var reconnectCount: Int { reconnects.load(ordering: .relaxed) }
    var handshakeCount: Int { handshakes.load(ordering: .relaxed) }
}
