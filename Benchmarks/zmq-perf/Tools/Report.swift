/// Prints results in the words of libzmq's own tools, so that the same scripts can read both.
enum Report {
    /// Prints what was measured with messages of one size going one way.
    static func throughput(size: Int, count: Int, microseconds: Double) {
        let rate = Double(count) / microseconds * 1e6
        print("message size: \(size) [B]")
        print("message count: \(count)")
        print("mean throughput: \(whole(rate)) [msg/s]")
        print("mean throughput: \(thousandths(rate * Double(size) * 8 / 1e6)) [Mb/s]")
    }

    /// Prints half the time of a mean round trip.
    static func latency(size: Int, roundTrips: Int, microseconds: Double) {
        print("message size: \(size) [B]")
        print("roundtrip count: \(roundTrips)")
        print("average latency: \(thousandths(microseconds / Double(roundTrips * 2))) [us]")
    }

    /// Prints what it cost to send a message, wait for many sockets, and receive it.
    static func polling(sockets: Int, rounds: Int, microseconds: Double) {
        print("sockets: \(sockets)")
        print("rounds: \(rounds)")
        print("mean round: \(thousandths(microseconds / Double(rounds))) [us]")
    }

    /// Prints how many messages all subscribers together received.
    static func deliveries(_ count: Int, microseconds: Double) {
        print("deliveries: \(whole(Double(count) / microseconds * 1e6)) [msg/s]")
    }

    /// Prints what each message cost this process.
    static func cost(_ usage: ResourceUsage, count: Int) {
        print("cpu: \(usage.cpuNanoseconds / max(count, 1)) [ns/msg]")
        print("voluntary context switches: \(usage.voluntarySwitches)")
    }

    private static func whole(_ value: Double) -> Int { Int(value.rounded()) }

    /// Three digits after the point, always.
    private static func thousandths(_ value: Double) -> String {
        let thousandths = whole(value * 1000)
        let fraction = String(thousandths % 1000 + 1000).dropFirst()
        return "\(thousandths / 1000).\(fraction)"
    }
}
