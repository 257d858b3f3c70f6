internal import Glibc

/// What a process has cost the machine so far, over all its threads.
struct ResourceUsage {
    /// Processor time in user and kernel mode.
    let cpuNanoseconds: Int
    /// How often a thread gave its processor up to wait for something.
    let voluntarySwitches: Int

    /// What this process has cost.
    static var now: ResourceUsage { of(RUSAGE_SELF) }

    /// What all children have cost that have ended.
    static var ofChildren: ResourceUsage { of(RUSAGE_CHILDREN) }

    private static func of(_ whom: __rusage_who) -> ResourceUsage {
        var usage = rusage()
        getrusage(whom.rawValue, &usage)
        return ResourceUsage(
            cpuNanoseconds: nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime),
            voluntarySwitches: usage.ru_nvcsw
        )
    }

    private static func nanoseconds(_ time: timeval) -> Int {
        Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_usec) * 1000
    }

    /// What was added since an earlier moment.
    func since(_ earlier: ResourceUsage) -> ResourceUsage {
        ResourceUsage(
            cpuNanoseconds: cpuNanoseconds - earlier.cpuNanoseconds,
            voluntarySwitches: voluntarySwitches - earlier.voluntarySwitches
        )
    }

    private init(cpuNanoseconds: Int, voluntarySwitches: Int) {
        self.cpuNanoseconds = cpuNanoseconds
        self.voluntarySwitches = voluntarySwitches
    }
}
