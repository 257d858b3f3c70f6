internal import Glibc

/// Functions of the C library that its module leaves out because they are no standard.
enum HiddenCalls {
    /// Has the allocator give back what it only keeps for later.
    static func trimMemory() {
        typealias Trim = @convention(c) (Int) -> Int32
        guard let address = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(address, to: Trim.self)(0)
    }

    /// Has the system end this process together with the one that started it.
    static func endWithParent() {
        typealias Control = @convention(c) (Int32, UInt) -> Int32
        guard let address = dlsym(nil, "prctl") else { return }
        let setParentDeathSignal: Int32 = 1
        _ = unsafeBitCast(address, to: Control.self)(setParentDeathSignal, UInt(SIGKILL))
    }

    /// Keeps this thread, and those it makes from now on, on one processor; false if it cannot.
    @discardableResult
    static func stay(onProcessor number: Int) -> Bool {
        typealias SetAffinity = @convention(c) (pid_t, Int, UnsafeRawPointer) -> Int32
        guard let address = dlsym(nil, "sched_setaffinity"), (0..<64).contains(number) else {
            return false
        }
        var mask = UInt64(1) << UInt64(number)
        let size = MemoryLayout.size(ofValue: mask)
        return unsafeBitCast(address, to: SetAffinity.self)(0, size, &mask) == 0
    }
}
