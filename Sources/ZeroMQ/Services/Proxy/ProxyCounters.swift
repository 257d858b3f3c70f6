internal import Synchronization

/// What a proxy has moved, counted by the thread that runs it and read by any.
///
/// Relaxed, and counted before a message can be received: publishing it releases the count, so that
/// who has the message finds it counted. One thread at a time counts, so a load and a store do.
final class ProxyCounters: Sendable {
    /// One direction at one of the two sockets.
    final class Count: Sendable {
        private let messages = Atomic(0)
        private let bytes = Atomic(0)

        func add(messages: Int, bytes: Int) {
            let (oldMessages, oldBytes) = both
            self.messages.store(oldMessages + messages, ordering: .relaxed)
            self.bytes.store(oldBytes + bytes, ordering: .relaxed)
        }

        var value: ProxyStatistics.Count {
            var count = ProxyStatistics.Count()
            (count.messages, count.bytes) = both
            return count
        }

        private var both: (messages: Int, bytes: Int) {
            (messages.load(ordering: .relaxed), bytes.load(ordering: .relaxed))
        }
    }

    let fromFrontend = Count()
    let toBackend = Count()
    let fromBackend = Count()
    let toFrontend = Count()
    let rejected = Atomic(0)

    var statistics: ProxyStatistics {
        var statistics = ProxyStatistics()
        statistics.fromFrontend = fromFrontend.value
        statistics.toBackend = toBackend.value
        statistics.fromBackend = fromBackend.value
        statistics.toFrontend = toFrontend.value
        statistics.rejected = rejected.load(ordering: .relaxed)
        return statistics
    }
}
