internal import Glibc

/// One run of a cell: starts its ends, keeps them in step and collects what they measure.
struct CellRun {
    /// What the end that binds is made with, and the end that connects.
    struct Contender: Hashable, Sendable {
        let server: Library
        let client: Library

        static let ours = Contender(server: .ours, client: .ours)
        static let libzmq = Contender(server: .libzmq, client: .libzmq)
        /// Ours receives or answers.
        static let oursServes = Contender(server: .ours, client: .libzmq)
        /// Ours sends or asks.
        static let oursLoads = Contender(server: .libzmq, client: .ours)
        static let floor = Contender(server: .none, client: .none)
    }

    private let children: [ChildProcess]
    /// Each end by its child, and the number of its channel there.
    private let ends: [(child: ChildProcess, channel: Int)]
    private let deadline: Int
    private var sample = Sample()
    private var waiting: Set<Int> = []
    private var over: Set<Int> = []

    /// Runs a cell to its end, in two processes unless both ends must share one.
    static func sample(
        _ cell: Cell,
        _ contender: Contender,
        program: String = ChildProcess.itself
    ) throws -> Sample {
        var run = try CellRun(cell, contender, program)
        do {
            return try run.conduct()
        } catch {
            for child in run.children { child.end(killing: true) }
            throw error
        }
    }

    private init(_ cell: Cell, _ contender: Contender, _ program: String) throws {
        if cell.transport == .inproc {
            let words = CellProcess.arguments(.both, cell, contender.server)
            children = [try ChildProcess(words, channels: 2, program: program)]
            ends = [(children[0], 0), (children[0], 1)]
        } else {
            let serving = CellProcess.arguments(.serving, cell, contender.server)
            let loading = CellProcess.arguments(.loading, cell, contender.client)
            children = try [serving, loading].map {
                try ChildProcess($0, channels: 1, program: program)
            }
            ends = children.map { ($0, 0) }
        }
        deadline = MonotonicClock.now + CellRun.patience * 1_000_000_000
    }

    /// Seconds after which a run has failed. The longest takes a fifth of it on a slow machine.
    private static let patience = 60

    private mutating func conduct() throws -> Sample {
        while over.count < ends.count {
            for index in try readableEnds() {
                let (child, channel) = ends[index]
                guard child.fill(channel: channel) else {
                    over.insert(index)
                    try checkPartner(of: index)
                    continue
                }
                while let line = child.takeLine(channel: channel) { try obey(line, from: index) }
            }
        }
        for child in children where !child.end(killing: false) {
            throw PerfFailure("a process ended badly")
        }
        return sample
    }

    /// Waits until some ends have said something, or have ended.
    private func readableEnds() throws -> [Int] {
        let open = ends.indices.filter { !over.contains($0) }
        var waits = open.map { index in
            let (child, channel) = ends[index]
            return pollfd(fd: child.channels[channel].input, events: Int16(POLLIN), revents: 0)
        }
        let remaining = max(0, deadline - MonotonicClock.now) / 1_000_000
        let count = poll(&waits, nfds_t(waits.count), Int32(clamping: remaining))
        if count < 0 && errno == EINTR { return [] }
        guard count > 0 else { throw PerfFailure("nothing has moved for too long") }
        return zip(open, waits).filter { $0.1.revents != 0 }.map(\.0)
    }

    /// Waiting for an end that is over would not return.
    private func checkPartner(of index: Int) throws {
        guard waiting.contains(1 - index) else { return }
        throw PerfFailure("one end is gone while the other waits for it")
    }

    private mutating func obey(_ line: String, from index: Int) throws {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        switch words.first {
        case "endpoint":
            tell(1 - index, line)
        case "meet":
            waiting.insert(index)
            if waiting.count == ends.count {
                waiting = []
                for end in ends.indices { tell(end, "go") }
            } else {
                tell(1 - index, "here")
            }
        case "value":
            let pair = words[1].split(separator: " ")
            guard pair.count == 2, let value = Double(pair[1]) else { return }
            // Both ends report what they cost; everything else is reported once.
            sample[named: String(pair[0])] = (sample[named: String(pair[0])] ?? 0) + value
        default:
            throw PerfFailure(words.count > 1 ? words[1] : "an end says nonsense")
        }
    }

    private func tell(_ index: Int, _ line: String) {
        let (child, channel) = ends[index]
        child.channels[channel].write(line)
    }
}
