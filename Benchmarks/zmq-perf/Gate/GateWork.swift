/// A fixed amount of work in a fixed order, to be counted by a tool instead of a clock.
///
/// Both ends are on one thread, so that nothing depends on how threads happen to meet; over tcp
/// only the I/O thread works besides.
enum GateWork: String, CaseIterable {
    /// PUSH over inproc, 16 bytes, nobody receives.
    case send
    /// PUSH and PULL over inproc, 16 bytes, a hundred messages at a time.
    case transfer
    /// The same with 256 bytes, which do not fit into a message.
    case transfer256 = "transfer-256"
    /// The same with messages of three frames of 16 bytes.
    case multipart
    /// REQ and REP over inproc, 16 bytes, there and back.
    case request
    /// PUB to eight SUBs over inproc, 16 bytes, and what each of them receives.
    case fanout
    /// PUB over inproc with a thousand subscriptions, of which none matches.
    case match
    /// PUSH and PULL over tcp, 16 bytes, a hundred messages at a time.
    case stream
    /// Two PAIRs over tcp, 16 bytes, there and back.
    case echo
    /// The same with 64 KiB.
    case echo64K = "echo-64k"

    static let name = "gate"

    static let usage = """
        usage: zmq-perf gate WORK COUNT [--libzmq]
        Does a fixed amount of work on one thread, for Benchmarks/gate to count what it takes.
        WORK is one of: \(allCases.map(\.rawValue).joined(separator: " "))

        """

    /// Reads the words after the name of the command, and does what they say; false if they are
    /// wrong.
    static func run(_ words: some Collection<String>) throws -> Bool {
        var words = Array(words)
        let usesLibZMQ = words.last == "--libzmq"
        if usesLibZMQ { words.removeLast() }
        guard words.count == 2, let work = GateWork(rawValue: words[0]), let count = Int(words[1]),
            count > 0, count <= Int(Int32.max)
        else { return false }
        if usesLibZMQ {
            try Gate<LibZMQMessaging>.run(work, count)
        } else {
            try Gate<NativeMessaging>.run(work, count)
        }
        return true
    }

    /// Sending without receiving needs room for everything.
    var highWaterMark: Int32 { self == .send ? 0 : 1000 }
}
