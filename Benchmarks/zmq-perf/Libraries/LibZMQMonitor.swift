internal import LibZMQ
internal import Synchronization

/// Counts what happens to the connections of a libzmq socket.
struct LibZMQMonitor: Sendable {
    private let reports: LibZMQ.Socket

    /// Tells the endpoints of a process apart; nothing is published through it.
    private static let made = Atomic<Int>(0)

    /// Has the socket report one kind of event; before it binds or connects.
    init(
        _ event: LibZMQ.MonitorEvents,
        of socket: LibZMQ.Socket,
        in context: LibZMQ.Context
    ) throws {
        let number = LibZMQMonitor.made.wrappingAdd(1, ordering: .relaxed).newValue
        let endpoint = "inproc://monitor-\(number)"
        try socket.monitor(at: endpoint, events: event)
        reports = try context.socket(.pair)
        try reports.connect(endpoint)
    }

    /// Waits for so many events; gives up when none comes for as long as `timeout`.
    func wait(for count: Int, timeout: Duration?) throws {
        for _ in 0..<count {
            guard try reports.receive(timeout: timeout) != nil else { return }
        }
    }

    func close() { reports.close() }
}
