import Glibc

/// What the system gives this process.
enum Resources {
    /// Allows so many more descriptors, or bytes of address space, than are in use now.
    static func limit(_ name: String, more count: Int) {
        let isMemory = name == "memory"
        let most = rlim_t(isMemory ? addressSpace + count : numberAfterFree(count))
        var limit = rlimit()
        let resource = __rlimit_resource_t(isMemory ? RLIMIT_AS.rawValue : RLIMIT_NOFILE.rawValue)
        getrlimit(resource, &limit)
        // Only the soft limit, so that a later call may raise it again.
        limit.rlim_cur = min(most, limit.rlim_max)
        setrlimit(resource, &limit)
    }

    /// The limit is one on numbers: the lowest that leaves so many unused ones below it.
    private static func numberAfterFree(_ count: Int) -> Int {
        let unused = (0..<65536 as Range<Int32>).lazy.filter { fcntl($0, F_GETFD) < 0 }
        return unused.dropFirst(count).first.map(Int.init) ?? 65536
    }

    private static var addressSpace: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, file) != nil else { return 0 }
        let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
            .split(separator: " ")
        return (Int(words[0]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
