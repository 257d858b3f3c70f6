internal import CLibrary
internal import CZeroMQKernel

/// Settings that a thread can ask the system for itself.
package struct ThreadAttributes: Sendable {
    /// Processors on which it may run; empty for any.
    package var processors: Set<Int> = []
    /// The number of the scheduling policy, and its priority.
    package var policy: (number: Int, priority: Int)?
    package var niceness: Int?

    package init() {}

    package static let firstInFirstOut = Int(SCHED_FIFO)
    package static let roundRobin = Int(SCHED_RR)
    // The kernel's SCHED_BATCH, which a feature macro hides from Swift.
    package static let batch = 3

    /// Applies all settings to the calling thread.
    package func apply() throws(SystemError) {
        if !processors.isEmpty { try applyAffinity() }
        if let policy {
            var priority = Int32(clamping: policy.priority)
            try check(
                withUnsafeMutablePointer(to: &priority) {
                    KernelCall.invoke(SYS_sched_setscheduler, 0, policy.number, Int(bitPattern: $0))
                }
            )
        }
        if let niceness {
            // On Linux this is per thread: 0 means the calling thread only.
            try check(KernelCall.invoke(SYS_setpriority, 0, 0, niceness))
        }
    }

    private func applyAffinity() throws(SystemError) {
        var mask = [UInt64](repeating: 0, count: 16)
        for processor in processors where processor >= 0 && processor < 1024 {
            mask[processor / 64] |= 1 << UInt64(processor % 64)
        }
        let size = mask.count * 8
        try check(
            mask.withUnsafeBytes {
                KernelCall.invoke(
                    SYS_sched_setaffinity,
                    0,
                    size,
                    Int(bitPattern: $0.baseAddress)
                )
            }
        )
    }

    private func check(_ result: Int) throws(SystemError) {
        if result < 0 { throw SystemError.current }
    }
}
