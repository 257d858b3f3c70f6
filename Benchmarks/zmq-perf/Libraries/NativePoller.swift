internal import ZeroMQ

/// Our poller.
struct NativePoller: PerfPoller {
    private let poller = Poller()

    init(_ sockets: [some ReceivingSocket]) {
        for socket in sockets { poller.add(socket, for: .readable) }
    }

    func wait() throws -> Int { try poller.wait().count }
}
