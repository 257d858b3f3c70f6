internal import Glibc

extension SystemThread {
    /// Lets other threads that are ready go first; returns at once when there are none.
    package static func yieldProcessor() {
        sched_yield()
    }
}
