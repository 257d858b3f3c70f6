/// Round trips of which several are under way: DEALER connects to ROUTER, which serves as if there
/// were one.
enum WindowCell<Messaging: PerfMessaging> {
    static func load(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let socket = try messaging.makeDealer()
        try socket.connect(try conductor.takeEndpoint())
        var window = Window(size: cell.size, count: cell.count)
        _ = try window.run(socket, milliseconds: cell.warmUp)
        try conductor.begin()
        let nanoseconds = try window.run(socket, milliseconds: cell.duration)
        try conductor.end()
        conductor.report(count: window.count, nanoseconds: nanoseconds)
        socket.close()
    }
}
