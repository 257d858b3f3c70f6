/// What `sweep` is asked to do.
struct SweepOptions: Sendable {
    static let name = "sweep"

    var transports = Transport.allCases
    /// Microseconds from one message to the next.
    var spacings = [1, 10, 30, 100, 300, 1000, 10_000, 100_000]
    var rounds = 3
    /// The least time that each run is measured; a run of few messages takes longer.
    var milliseconds = 250
    /// Processes that do nothing but keep a processor busy.
    var busyProcesses = 0
    /// Whether each message is answered before the next one.
    var isRoundTrip = false
    /// Whether libzmq is measured as well.
    var measuresLibZMQ = true
    /// Another build of this program, whose library is measured beside this one.
    var other: String?

    static let usage = """
        usage: zmq-perf sweep [--transports NAME,...] [--spacings N,...] [--rounds N]
                              [--milliseconds N] [--busy N] [--round-trips] [--no-libzmq]
                              [--beside PROGRAM]
        Sends a message every so often, and prints how late it arrives and what it costs.
        --transports NAME,...  some of tcp, ipc and inproc
        --spacings N,...       microseconds from one message to the next
        --rounds N             how often everything is run, in turn; the default is 3
        --milliseconds N       how long each run is measured at least; the default is 250
        --busy N               runs so many processes beside it that never wait
        --round-trips          REQ and REP in place of PUSH and PULL
        --no-libzmq            leaves libzmq out
        --beside PROGRAM       another build of zmq-perf, whose library is measured in turn

        """

    /// Reads the words after the name of the command; nil if they are wrong.
    init?(_ words: some Sequence<String>) {
        var scanner = Words(words)
        while let word = scanner.next() {
            switch word {
            case "--transports": transports = scanner.list().compactMap { Transport(rawValue: $0) }
            case "--spacings": spacings = scanner.list().compactMap { Int($0) }.filter { $0 > 0 }
            case "--rounds": rounds = scanner.number() ?? rounds
            case "--milliseconds": milliseconds = scanner.number() ?? milliseconds
            case "--busy": busyProcesses = scanner.number() ?? 0
            case "--round-trips": isRoundTrip = true
            case "--no-libzmq": measuresLibZMQ = false
            case "--beside": other = scanner.required()
            default: return nil
            }
        }
        guard !scanner.hasFailed, !transports.isEmpty, !spacings.isEmpty else { return nil }
    }

    /// What is measured at one spacing. A run has at least a few messages.
    func cell(_ transport: Transport, spacing: Int) -> Cell {
        let shortest = Self.fewest * spacing / 1000
        return Cell(
            work: isRoundTrip ? .request : .oneWay,
            transport: transport,
            pause: spacing,
            warmUp: max(80, shortest / 5),
            duration: max(milliseconds, shortest)
        )
    }

    private static let fewest = 20
}
