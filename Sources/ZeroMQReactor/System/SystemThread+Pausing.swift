internal import Glibc

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
}
