internal import CLibrary
internal import Synchronization

/// Tells a process from its forked child, usually without asking the kernel.
///
/// The process id is stored in a page that the kernel clears in every child. Code that finds it
/// cleared is in a new process, and stores the new id.
package struct ProcessMark: Sendable, Equatable {
    private let number: UInt32

    private static let forgotten: UInt32 = 0

    nonisolated(unsafe) private static let word: Futex.Word? = {
        // Unsafe only because it is a pointer: its target is atomic and never freed.
        let size = Int(sysconf(Int32(_SC_PAGESIZE)))
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        guard let page = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0),
            // `MAP_FAILED`, a cast that Swift does not import.
            page != UnsafeMutableRawPointer(bitPattern: -1)
        else { return nil }
        // Linux has had this since 4.14. Without it, the kernel is asked each time.
        guard madvise(page, size, wipeOnFork) == 0 else {
            munmap(page, size)
            return nil
        }
        let word = page.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
        word.initialize(to: Atomic(forgotten))
        return word
    }()

    /// `MADV_WIPEONFORK`, which some C libraries' headers lack.
    private static let wipeOnFork: Int32 = 18

    /// The mark of the calling process.
    package static var current: ProcessMark {
        // Relaxed: no other data depends on it, and all threads of one process store the same
        // value.
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
