internal import CLibrary

extension SystemThread {
    /// Whether another thread can run while this one pauses.
    package static let pausesHelp = Processors.count > 1

    /// Spins for two microseconds, which costs less than sleeping and being woken.
    ///
    /// The thread keeps its processor. If it yielded instead, and another thread were busy there,
    /// it would get the processor back only after that thread's whole time slice.
    package static func pause() { pause(nanoseconds: 2000) }

    /// Spins for this long.
    package static func pause(nanoseconds: Int64) {
        let clock = SystemClock()
        let end = clock.now.nanoseconds + nanoseconds
        while clock.now.nanoseconds < end {}
    }

    /// Sleeps for this long, or until a signal comes, or not at all if the system refuses.
    static func sleep(for duration: Duration) {
        let nanoseconds = max(0, duration.nanoseconds)
        var time = timespec()
        time.tv_sec = Int(nanoseconds / 1_000_000_000)
        time.tv_nsec = Int(nanoseconds % 1_000_000_000)
        _ = nanosleep(&time, nil)
    }
}
