extension LibZMQ {
    /// `zmq_pollitem_t`.
    private struct PollItem {
        var socket: UnsafeMutableRawPointer?
        var descriptor: Int32 = 0
        var events: Int16
        var readyEvents: Int16 = 0
    }

    /// Sockets that are waited for together, each until something can be received.
    package final class PollSet {
        private let library: LibZMQ
        private let sockets: [Socket]
        private let items: UnsafeMutableBufferPointer<PollItem>

        package init(_ sockets: [Socket], of library: LibZMQ) {
            (self.sockets, self.library) = (sockets, library)
            items = .allocate(capacity: sockets.count)
            // ZMQ_POLLIN
            _ = items.initialize(
                from: sockets.map { PollItem(socket: $0.handle, events: 1) }
            )
        }

        deinit { items.deallocate() }

        /// Waits until sockets are ready, and returns how many are.
        package func wait() throws(Failure) -> Int {
            let count = library.functions.poll(items.baseAddress, Int32(clamping: items.count), -1)
            guard count >= 0 else { throw library.failure("zmq_poll") }
            return Int(count)
        }
    }
}
