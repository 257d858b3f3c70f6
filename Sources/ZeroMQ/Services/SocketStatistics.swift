internal import Synchronization

/// What a socket has done so far, and what it has at hand; see `Socket.statistics`.
public struct SocketStatistics: Hashable, Sendable {
    /// Nothing done yet.
    public init() {}

    /// Messages that were accepted for sending, once for each peer that one was queued for.
    public var messagesSent = 0
    /// Messages that were taken from the peers' queues, those dropped afterwards included.
    public var messagesReceived = 0
    /// Bytes that were handed to the system, frame headers and commands included.
    public var bytesSent = 0
    /// Bytes that came from the system.
    public var bytesReceived = 0
    /// Messages that wait to be sent.
    public var messagesQueuedToSend = 0
    /// Messages that wait to be received.
    public var messagesQueuedToReceive = 0
    /// Messages that were dropped, by cause. Causes that did not occur are missing.
    public var dropped: [DropCause: Int] = [:]
    /// Peers that are connected now.
    public var peers = 0
    /// Handshakes that were completed again by endpoints whose connection had been lost.
    public var reconnects = 0
    /// Subscriptions that all peers hold together.
    public var subscriptions = 0
}

extension Socket {
    /// What the socket has done so far, and what it has at hand.
    ///
    /// The numbers are those of one moment for each direction, not of one moment for both. Asking
    /// costs time in proportion to the number of peers.
    public var statistics: SocketStatistics { handle.core.statistics }
}

extension SocketCore {
    var statistics: SocketStatistics {
        var statistics = SocketStatistics()
        withSender { side in
            statistics.messagesSent = side.sentToDeparted
            statistics.subscriptions = side.subscriptions.count
            for pipe in side.pipes.pipes {
                statistics.messagesSent += pipe.sentCount
                statistics.messagesQueuedToSend += pipe.outbound.unacknowledged
                if pipe.waitingMessage != nil { statistics.messagesQueuedToSend += 1 }
            }
            if side.held != nil {
                statistics.messagesSent += 1
                statistics.messagesQueuedToSend += 1
            }
            // Inside the gate, where pipes that leave are counted: no message is in two places.
            for cause in DropCause.allCases where drops[cause] > 0 {
                statistics.dropped[cause] = drops[cause]
            }
        }
        withReceiver { side in
            statistics.messagesReceived = side.queue.consumedByDeparted
            for pipe in side.queue.pipes {
                let reader = pipe.inlet.reader
                statistics.messagesReceived += Int(truncatingIfNeeded: reader.pointee.consumed)
                statistics.messagesQueuedToReceive += reader.pointee.pendingMessages
            }
        }
        statistics.bytesSent = traffic.bytesSent.load(ordering: .relaxed)
        statistics.bytesReceived = traffic.bytesReceived.load(ordering: .relaxed)
        statistics.reconnects = traffic.reconnectCount
        statistics.peers = connections.count
        return statistics
    }
}
