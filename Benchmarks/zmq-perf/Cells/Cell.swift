/// One thing to measure, as both of its ends must know it.
struct Cell: Hashable, Sendable {
    var work: Work
    var transport = Transport.tcp
    /// Bytes of a frame.
    var size = 64
    /// How many of what the work has many of: frames, subscribers, peers and so on.
    var count = 1
    /// Microseconds from one message to the next; zero is as fast as can be.
    var pause = 0
    /// Milliseconds of the same work before the clock starts.
    var warmUp = 80
    /// Milliseconds that are measured.
    var duration = 250
    /// Whether each end stays on a processor of its own.
    var isPinned = false
    /// Whether both ends use CURVE.
    var isEncrypted = false
}

/// How the two ends of a cell are connected.
enum Transport: String, CaseIterable, Sendable {
    case tcp, ipc, inproc
}

/// What the two ends of a cell do with each other.
enum Work: String, CaseIterable, Sendable {
    /// PUSH to PULL as fast as it goes, in messages of `count` frames.
    case stream
    /// REQ and REP, a message going back and forth.
    case request
    /// Two PAIRs, a message going back and forth.
    case pair
    /// DEALER and ROUTER, a message going back and forth.
    case router
    /// PUSH to PULL at a steady pace, each message bearing the time of its sending.
    case oneWay
    /// DEALER and ROUTER, with `count` messages under way.
    case window
    /// PUB to `count` SUBs that all want everything.
    case publish
    /// PUB with `count` subscriptions of one SUB.
    case match
    /// ROUTER with `count` peers that come at once, of which one in a hundred is active.
    case crowd
    /// `count` PUSHes to one PULL.
    case fanIn
    /// PUSH to a PULL that cannot keep up.
    case slow
    /// PUSH to PULL through a proxy.
    case proxyStream
    /// REQ and REP with a proxy between them.
    case proxyRequest

    /// Blocking sockets: blocks of 64 KiB one way.
    case rawStream
    /// Blocking sockets: 64 bytes going back and forth.
    case rawRequest
    /// Blocking sockets: 64 bytes at a steady pace.
    case rawOneWay
    /// One thread copying 64 KiB within the cache.
    case copy
    /// Two threads and a ring of cells of 64 bytes between them.
    case ring
    /// Two threads waking each other.
    case wake
}

extension Cell {
    /// The high-water mark of every socket: what libzmq has, unless that many messages would fill
    /// the memory instead of flowing.
    var highWaterMark: Int32 {
        if work == .match { return 0 }
        let queues = work == .publish ? count : 1
        let frames = work == .stream ? count : 1
        return Int32(clamping: max(16, min(1000, Cell.queuedBytes / (size * frames * queues))))
    }

    /// What all queues together may hold: 64 MiB.
    private static let queuedBytes = 64 << 20

    /// Where the serving end binds.
    func endpoint(process: Int) -> String {
        switch transport {
        case .tcp: "tcp://127.0.0.1:*"
        case .ipc: "ipc://\(SocketFile.path(of: process))"
        case .inproc: "inproc://cell"
        }
    }

    /// The cell as words of a command line.
    var words: [String] {
        let numbers = [size, count, pause, warmUp, duration]
        let flags = [isPinned, isEncrypted].map { $0 ? 1 : 0 }
        return [work.rawValue, transport.rawValue] + (numbers + flags).map { "\($0)" }
    }

    /// Reads what `words` made.
    init?(_ words: some Collection<String>) {
        let words = Array(words)
        guard words.count == 9,
            let work = Work(rawValue: words[0]),
            let transport = Transport(rawValue: words[1])
        else { return nil }
        let numbers = words[2...].compactMap { Int($0) }
        guard numbers.count == 7, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        self.init(work: work, transport: transport, size: numbers[0], count: numbers[1])
        (pause, warmUp, duration) = (numbers[2], numbers[3], numbers[4])
        (isPinned, isEncrypted) = (numbers[5] == 1, numbers[6] == 1)
    }
}
