internal import Glibc

/// The clock that all processes of the machine share, in nanoseconds.
enum MonotonicClock {
    static var now: Int { read(CLOCK_MONOTONIC) }

    /// The processor time of the calling thread.
    static var ofThread: Int { read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// Sleeps until a moment; returns at once if it has passed.
    static func sleep(until moment: Int) {
        var time = timespec(tv_sec: moment / 1_000_000_000, tv_nsec: moment % 1_000_000_000)
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}
