import Metrics
import ZeroMQ

/// Reports what a socket has done and has at hand, again and again, until the task is cancelled.
func report(_ socket: some Socket, as name: String, every pause: Duration) async throws {
    let dimensions = [("socket", name)]
    let sent = Counter(label: "zeromq_messages_sent", dimensions: dimensions)
    let received = Counter(label: "zeromq_messages_received", dimensions: dimensions)
    let peers = Gauge(label: "zeromq_peers", dimensions: dimensions)
    let queued = Gauge(label: "zeromq_messages_queued", dimensions: dimensions)
    var before = SocketStatistics()
    while true {
        let now = socket.statistics
        sent.increment(by: now.messagesSent - before.messagesSent)
        received.increment(by: now.messagesReceived - before.messagesReceived)
        peers.record(now.peers)
        queued.record(now.messagesQueuedToSend)
        for (cause, count) in now.dropped {
            Counter(
                label: "zeromq_messages_dropped",
                dimensions: dimensions + [("cause", "\(cause)")]
            )
            .increment(by: count - (before.dropped[cause] ?? 0))
        }
        before = now
        try await Task.sleep(for: pause)
    }
}
