/// What `compare` is asked to do.
struct CompareOptions: Sendable {
    static let name = "compare"

    var workloads: [Workload]
    var rounds = 5
    /// Runs of the machine without a library, in every round.
    var measuresFloors = true
    /// Whether each end stays on a processor of its own.
    var isPinned = false
    /// Whether nothing is thrown away: for a machine that is never quiet.
    var keepsDisturbed = false
    var jsonPath: String?
    var svgFolder: String?
    var markdownPath: String?

    static let usage = """
        usage: zmq-perf compare [--quick] [--only NAME,...] [--sizes N,...] [--rounds N]
                                [--milliseconds N] [--no-floors] [--pin] [--keep-disturbed]
                                [--json FILE] [--svg DIR] [--markdown FILE] [--list]
        Runs every workload with this library and with libzmq, in turn, and prints how they compare.
        --quick           some of the workloads, in about two minutes
        --only NAME,...   only workloads whose group or name contains one of the names
        --sizes N,...     only these message sizes, in bytes, where a workload has several
        --rounds N        rounds of ours, libzmq, libzmq, ours; the default is 5, or 3 if quick
        --milliseconds N  how long each run is measured, in place of the default of 250
        --no-floors       leaves out what the machine does without a library
        --pin             keeps the two ends on two processors, in place of where they are put
        --keep-disturbed  throws nothing away, for a machine that is never quiet
        --json FILE       writes all figures to a file
        --svg DIR         draws charts into a folder
        --markdown FILE   writes a page with the machine, the tables and the charts
        --list            prints the workloads and what they are called

        """

    /// Reads the words after the name of the command; nil if they are wrong.
    init?(_ words: some Sequence<String>) {
        var scanner = Words(words)
        var (isQuick, rounds, milliseconds) = (false, Int?.none, Int?.none)
        var (names, sizes) = ([String](), [Int]())
        while let word = scanner.next() {
            switch word {
            case "--quick": isQuick = true
            case "--no-floors": measuresFloors = false
            case "--keep-disturbed": keepsDisturbed = true
            case "--pin": isPinned = true
            case "--list": isList = true
            case "--only": names += scanner.list()
            case "--sizes": sizes += scanner.list().compactMap { Int($0) }
            case "--rounds": rounds = scanner.number()
            case "--milliseconds": milliseconds = scanner.number()
            case "--json": jsonPath = scanner.required()
            case "--svg": svgFolder = scanner.required()
            case "--markdown": markdownPath = scanner.required()
            default: return nil
            }
        }
        guard !scanner.hasFailed else { return nil }
        workloads = Catalogue.all.filter { workload in
            workload.isNamed(names) && (sizes.isEmpty || sizes.contains(workload.cell.size))
                && (!isQuick || workload.isQuick)
        }
        for index in workloads.indices {
            if let milliseconds { workloads[index].cell.duration = milliseconds }
            workloads[index].cell.isPinned = isPinned
        }
        self.rounds = rounds ?? (isQuick ? 3 : 5)
        guard !workloads.isEmpty else { return nil }
    }

    /// Whether only the names of the workloads are wanted.
    private(set) var isList = false

    /// How long everything takes, in seconds.
    var estimate: Double {
        let floors = measuresFloors ? Floor.needed(by: workloads).count : 0
        let runs = workloads.reduce(0.0) { sum, workload in
            sum + 4 * workload.seconds * Double(min(rounds, workload.maximumRounds))
        }
        return runs + Double(rounds * floors) * 0.4
    }
}

extension Workload {
    /// What `--only` can say about it.
    var fullName: String { "\(group.rawValue) \(name)" }

    fileprivate func isNamed(_ names: [String]) -> Bool {
        names.isEmpty || names.contains { fullName.contains($0) }
    }
}
