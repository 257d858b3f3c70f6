/// Keeps one end of a cell in step with the other end, and passes on what it measured.
///
/// The other end may be a process or a thread; the program that started both stands between them.
final class Conductor: @unchecked Sendable {
    // Sendable because each end of a cell, on a thread of its own, has one to itself.
    private var channel: LineChannel
    /// False for the second of two ends in one process: it would count the same time again.
    private let measuresUsage: Bool
    private var usage = ResourceUsage.now

    init(_ channel: LineChannel, measuresUsage: Bool) {
        self.channel = channel
        self.measuresUsage = measuresUsage
    }

    /// Tells the other end where to connect.
    func offer(_ endpoint: String) { channel.write("endpoint \(endpoint)") }

    /// Learns where to connect.
    func takeEndpoint() throws -> String {
        while let line = channel.readLine() {
            let words = line.split(separator: " ", maxSplits: 1)
            if words.count == 2, words[0] == "endpoint" { return String(words[1]) }
        }
        throw PerfFailure("the other end is gone")
    }

    /// Waits until the other end says the same.
    func meet() throws {
        channel.write("meet")
        while let line = channel.readLine() {
            if line == "go" { return }
        }
        throw PerfFailure("the other end is gone")
    }

    /// Whether the other end waits in `meet` already.
    var isAwaited: Bool { channel.hasInput }

    /// Begins, at both ends at once, what is measured.
    func begin() throws {
        try meet()
        usage = ResourceUsage.now
    }

    /// Ends, when both ends have nothing more to do, what is measured, and reports what it cost.
    func end(_ phase: Phase = .main) throws {
        try meet()
        guard measuresUsage else { return }
        let usage = ResourceUsage.now.since(usage)
        report(.cpu, Double(usage.cpuNanoseconds), phase)
        report(.switches, Double(usage.voluntarySwitches), phase)
    }

    func report(_ quantity: Quantity, _ value: Double, _ phase: Phase = .main) {
        channel.write("value \(Sample.key(quantity, phase)) \(value)")
    }

    /// Reports messages and the time they took.
    func report(count: Int, nanoseconds: Int, _ phase: Phase = .main) {
        report(.count, Double(count), phase)
        report(.nanoseconds, Double(nanoseconds), phase)
    }

    /// Reports why there is nothing to report.
    func fail(_ error: any Error) { channel.write("error \(error)") }
}
