internal import CLibrary

extension SystemThread {
    /// Whether another thread can get on while this one pauses.
    package static let pausesHelp = sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1

    /// Does nothing for two microseconds: less than going to sleep and being woken costs.
    ///
    /// The thread keeps its processor. One that gives it up instead, and finds a busy one there,
    /// gets it back when that has used up its share of time.
    package static func pause() {
        let clock = SystemClock()
        let end = clock.now + .microseconds(2)
        while clock.now < end {}
    }

    /// Sleeps for so long, or until a signal comes, or not at all if the system refuses.
    static func sleep(for duration: Duration) {
        let nanoseconds = max(0, duration.nanoseconds)
        var time = timespec()
        time.tv_sec = Int(nanoseconds / 1_000_000_000)
        time.tv_nsec = Int(nanoseconds % 1_000_000_000)
        _ = nanosleep(&time, nil)
    }
}
