internal import CZeroMQKernel

/// The processors that this process may use.
package enum Processors {
    /// How many threads of this process can run at a time, as of the first use; at least 1.
    ///
    /// A thread that looks for what another thread is about to do only pays if both can run. A
    /// process may be kept to some processors (`sched_setaffinity`, `taskset`, a cpuset), or may
    /// have only so much time of them (the quota of a control group), which counts in whole ones.
    package static let count = max(1, min(allowed ?? 1, quota ?? .max))

    /// The processors of the calling thread; nil if the system does not say.
    private static var allowed: Int? {
        var mask = [UInt64](repeating: 0, count: 128)
        let size = mask.count * 8
        let written = mask.withUnsafeMutableBytes {
            KernelCall.invoke(SYS_sched_getaffinity, 0, size, Int(bitPattern: $0.baseAddress))
        }
        return written > 0 ? mask.reduce(0) { $0 + $1.nonzeroBitCount } : nil
    }

    private static var quota: Int? {
        quota(
            group: text("/proc/self/cgroup"),
            file: { text("/sys/fs/cgroup" + $0 + "/cpu.max") }
        )
    }

    /// The smallest quota of a control group and of all groups around it, in whole processors.
    ///
    /// `group` is what the system says about this process, one line `0::/path` among others; `file`
    /// reads the quota of a group: microseconds, or `max`, and the period in microseconds.
    static func quota(group: String?, file: (String) -> String?) -> Int? {
        let prefix = "0::"
        let line = group?.split(separator: "\n").first { $0.hasPrefix(prefix) }
        guard var path = line?.dropFirst(prefix.count) else { return nil }
        var least: Int?
        while true {
            if path.last == "/" { path.removeLast() }
            let words = file(String(path))?.split { $0 == " " || $0 == "\n" } ?? []
            if words.count == 2, let time = Int(words[0]), let period = Int(words[1]), period > 0 {
                least = min(least ?? .max, time / period)
            }
            guard let slash = path.lastIndex(of: "/") else { return least }
            path = path[..<slash]
        }
    }

    private static func text(_ path: String) -> String? {
        guard let bytes = try? FileSystem.contents(of: path, limit: 4096) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
