internal import LibZMQ

/// `zmq_poll`.
struct LibZMQPoller: PerfPoller {
    let set: LibZMQ.PollSet

    func wait() throws -> Int { try set.wait() }
}
