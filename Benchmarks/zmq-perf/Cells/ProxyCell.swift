/// A proxy between the process that sends and, over inproc, the thread that receives.
enum ProxyCell<Messaging: PerfMessaging> {
    private static var inside: String { "inproc://behind-the-proxy" }

    /// PUSH over the cell's transport to a proxy of PULL and PUSH, and from there to PULL.
    static func serveStream(_ messaging: Messaging, _ cell: Cell, _ conductor: Conductor) throws {
        let (frontend, backend) = (try messaging.makePull(), try messaging.makePush())
        let sink = try messaging.makePull()
        try sink.connect(try backend.bind(inside))
        conductor.offer(try frontend.bind(cell.endpoint(process: ProcessLimits.identifier)))
        try through(messaging.makeProxy(frontend, backend)) {
            var reader = FlowReader(size: cell.size)
            try reader.drain(sink)
            try conductor.begin()
            try reader.drain(sink)
            try conductor.end()
            reader.report(to: conductor)
            sink.close()
        }
    }

    /// REQ over the cell's transport to a proxy of ROUTER and DEALER, and from there to REP.
    static func serveRequests(
        _ messaging: Messaging,
        _ cell: Cell,
        _ conductor: Conductor
    ) throws {
        let (frontend, backend) = (try messaging.makeRouter(), try messaging.makeDealer())
        let server = try messaging.makeReply()
        try server.connect(try backend.bind(inside))
        conductor.offer(try frontend.bind(cell.endpoint(process: ProcessLimits.identifier)))
        try through(messaging.makeProxy(frontend, backend)) {
            try Answers.run(server, size: cell.size)
            try conductor.begin()
            try Answers.run(server, size: cell.size)
            try conductor.end()
            server.close()
        }
    }

    /// Does something while a proxy runs.
    private static func through(_ proxy: Messaging.Proxy, _ body: () throws -> Void) throws {
        let thread = try WorkerThread { try proxy.run() }
        try body()
        try proxy.stop()
        try thread.join()
    }
}
