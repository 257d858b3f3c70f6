internal import Glibc

/// What the kernel knows and allows about this process.
enum ProcessLimits {
    /// Allows as many descriptors as the system lets a process have.
    static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// How many octets of the process are in memory now.
    static func residentBytes() throws -> Int {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw PerfFailure("/proc/self/statm cannot be opened") }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &text, text.count)
        let line = String(decoding: text.prefix(max(count, 0)), as: UTF8.self)
        let fields = line.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else {
            throw PerfFailure("/proc/self/statm has an unknown form")
        }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Waits until whoever started the process closes its standard input.
    static func waitForEndOfInput() {
        var octet: UInt8 = 0
        while read(STDIN_FILENO, &octet, 1) > 0 {}
    }
}
