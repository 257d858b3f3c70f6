internal import CLibrary
internal import Synchronization

/// Tells a process from the child that `fork` makes of it, as a rule without asking the kernel.
///
/// The number of the process stands in a page that the kernel empties in every child. Whoever finds
/// it empty is in a new process, and writes the number of that one.
package struct ProcessMark: Sendable, Equatable {
    private let number: UInt32

    private static let forgotten: UInt32 = 0

    nonisolated(unsafe) private static let word: Futex.Word? = {
        // Unsafe only in that it is a pointer: what it points to is atomic and never freed.
        let size = Int(sysconf(Int32(_SC_PAGESIZE)))
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        guard let page = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0),
            // `MAP_FAILED`, a cast that Swift does not import.
            page != UnsafeMutableRawPointer(bitPattern: -1)
        else { return nil }
        // Linux has this since 4.14. Without it the kernel has to be asked each time.
        guard madvise(page, size, wipeOnFork) == 0 else {
            munmap(page, size)
            return nil
        }
        let word = page.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
        word.initialize(to: Atomic(forgotten))
        return word
    }()

    /// `MADV_WIPEONFORK`, which not every C library's headers have.
    private static let wipeOnFork: Int32 = 18

    /// The mark of the process that asks.
    package static var current: ProcessMark {
        // Relaxed: the word stands for itself, and all who write it in one process write the same.
        guard let known = word?.pointee.load(ordering: .relaxed), known != forgotten else {
            return look()
        }
        return ProcessMark(number: known)
    }

    @inline(never)
    private static func look() -> ProcessMark {
        let number = UInt32(bitPattern: getpid())
        word?.pointee.store(number, ordering: .relaxed)
        return ProcessMark(number: number)
    }
}
