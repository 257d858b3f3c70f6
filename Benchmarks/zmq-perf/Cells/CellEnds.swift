/// Plays the ends of a cell with one library.
struct CellEnds<Messaging: PerfMessaging>: CellWork {
    /// Both ends of one process share it: inproc does not reach further.
    private let messaging: Messaging

    init(_ cell: Cell, _ ends: CellProcess.Ends) throws {
        var limits = PerfLimits(highWaterMark: cell.highWaterMark)
        // Many peers come at once to some cells; none of them should be made to try again.
        limits.backlog = 4096
        // The ends part only when both have everything. What a library still wants to tell a peer
        // that has gone must not keep it.
        limits.discardsUnsent = true
        if cell.isEncrypted { limits.encryption = ends == .loading ? .client : .server }
        messaging = try Messaging(limits: limits)
    }

    func shutDown() throws { try messaging.shutDown() }

    /// The end that binds.
    func serve(_ cell: Cell, _ conductor: Conductor) throws {
        switch cell.work {
        case .stream: try StreamCell.serve(messaging, cell, conductor)
        case .request: try EchoCell.serve(messaging.makeReply(), cell, conductor)
        case .pair: try EchoCell.serve(messaging.makePair(), cell, conductor)
        case .router, .window: try EchoCell.serve(messaging.makeRouter(), cell, conductor)
        case .oneWay: try OneWayCell.serve(messaging, cell, conductor)
        case .publish: try PublishCell.serve(messaging, cell, conductor)
        case .match: try MatchCell.serve(messaging, cell, conductor)
        case .crowd: try CrowdCell.serve(messaging, cell, conductor)
        case .fanIn: try FanInCell.serve(messaging, cell, conductor)
        case .slow: try SlowCell.serve(messaging, cell, conductor)
        case .proxyStream: try ProxyCell.serveStream(messaging, cell, conductor)
        case .proxyRequest: try ProxyCell.serveRequests(messaging, cell, conductor)
        case .rawStream, .rawRequest, .rawOneWay, .copy, .ring, .wake:
            throw PerfFailure("\(cell.work) needs no library")
        }
    }

    /// The end that connects.
    func load(_ cell: Cell, _ conductor: Conductor) throws {
        switch cell.work {
        case .stream, .slow, .proxyStream: try StreamCell.load(messaging, cell, conductor)
        case .request, .proxyRequest: try EchoCell.load(messaging.makeRequest(), cell, conductor)
        case .pair: try EchoCell.load(messaging.makePair(), cell, conductor)
        case .router: try EchoCell.load(messaging.makeDealer(), cell, conductor)
        case .oneWay: try OneWayCell.load(messaging, cell, conductor)
        case .window: try WindowCell.load(messaging, cell, conductor)
        case .publish: try PublishCell.load(messaging, cell, conductor)
        case .match: try MatchCell.load(messaging, cell, conductor)
        case .crowd: try CrowdCell.load(messaging, cell, conductor)
        case .fanIn: try FanInCell.load(messaging, cell, conductor)
        case .rawStream, .rawRequest, .rawOneWay, .copy, .ring, .wake:
            throw PerfFailure("\(cell.work) needs no library")
        }
    }
}
