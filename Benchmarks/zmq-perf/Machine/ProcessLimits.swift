internal import Glibc

/// What the kernel knows and allows about this process.
enum ProcessLimits {
    /// The number by which the system knows this process.
    static var identifier: Int { Int(getpid()) }

    /// Allows as many descriptors as the system lets a process have.
    static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Throws if so many connections are more than the system lets a process have.
    static func requireDescriptors(_ count: Int) throws {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        // Besides connections there are a few for the library and for the program.
        guard limit.rlim_cur < rlim_t(count + 64) else { return }
        throw PerfFailure("the system allows only \(limit.rlim_cur) descriptors (ulimit -n)")
    }

    /// How many bytes of the process are in memory now.
    static func residentBytes() throws -> Int {
        guard let line = TextFile.read("/proc/self/statm") else {
            throw PerfFailure("/proc/self/statm cannot be read")
        }
        let fields = line.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else {
            throw PerfFailure("/proc/self/statm has an unknown form")
        }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// The same after the allocator has given back what it only keeps for later.
    static func residentBytesInUse() throws -> Int {
        HiddenCalls.trimMemory()
        return try residentBytes()
    }

    /// Waits until the parent process closes the standard input.
    static func waitForEndOfInput() {
        var byte: UInt8 = 0
        while read(STDIN_FILENO, &byte, 1) > 0 {}
    }
}
