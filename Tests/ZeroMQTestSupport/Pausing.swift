internal import Glibc

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
