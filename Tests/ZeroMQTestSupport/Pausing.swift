internal import Glibc

/// Whether a condition becomes true before a deadline that any machine can meet.
public func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<10_000 {
        if condition() { return true }
        letPass(.milliseconds(1))
    }
    return condition()
}

/// Gives the processor to another thread that could use it.
public func letOthersRun() { sched_yield() }

/// Lets time pass while something is measured, or between two looks at something.
///
/// Never to wait for another thread: that is what answers and events are for.
public func letPass(_ duration: Duration) {
    var left = timespec()
    let (seconds, attoseconds) = duration.components
    left.tv_sec = Int(seconds)
    left.tv_nsec = Int(attoseconds / 1_000_000_000)
    var asked = left
    while nanosleep(&asked, &left) != 0, errno == EINTR { asked = left }
}
