/// How the processors of the machine have spent their time, as far as the kernel counts it.
struct MachineLoad {
    /// Hundredths of seconds, over all processors.
    private let busy: Int
    private let stolen: Int
    private let idle: Int
    /// What this process and its ended children have used of it, in nanoseconds.
    private let own: Int

    /// Asks the kernel; nil where it does not say.
    static var now: MachineLoad? { MachineLoad() }

    private init?() {
        guard let line = TextFile.read("/proc/stat")?.split(separator: "\n").first else {
            return nil
        }
        let fields = line.split(separator: " ").dropFirst().compactMap { Int($0) }
        guard fields.count >= 8 else { return nil }
        let (user, nice, system) = (fields[0], fields[1], fields[2])
        let (interrupts, softInterrupts) = (fields[5], fields[6])
        busy = user + nice + system + interrupts + softInterrupts
        idle = fields[3] + fields[4]
        stolen = fields[7]
        let (ours, children) = (ResourceUsage.now, ResourceUsage.ofChildren)
        own = ours.cpuNanoseconds + children.cpuNanoseconds
    }

    /// The shares of the machine's time since an earlier moment that others used, and that the
    /// host took away.
    func disturbance(since earlier: MachineLoad) -> (foreign: Double, stolen: Double) {
        let busy = Double(busy - earlier.busy)
        let stolen = Double(stolen - earlier.stolen)
        let total = busy + stolen + Double(idle - earlier.idle)
        guard total > 0 else { return (0, 0) }
        let foreign = busy - Double(own - earlier.own) / 1e7
        return (max(0, foreign) / total, stolen / total)
    }
}
