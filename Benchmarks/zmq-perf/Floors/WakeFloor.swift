internal import Synchronization

/// Two threads that wake each other through a futex, which is what a semaphore is.
enum WakeFloor {
    private static let (ping, pong) = (Semaphore(), Semaphore())

    static func serve(_ cell: Cell, _ conductor: Conductor) throws {
        try conductor.begin()
        while true {
            ping.wait()
            if isOver.load(ordering: .relaxed) { break }
            pong.signal()
        }
        try conductor.end()
    }

    static func load(_ cell: Cell, _ conductor: Conductor) throws {
        var trips = RoundTrips()
        try conductor.begin()
        var pace = Pace(milliseconds: cell.duration, pause: cell.pause)
        while let start = pace.next() {
            ping.signal()
            pong.wait()
            trips.add(MonotonicClock.now - start)
        }
        trips.nanoseconds = pace.elapsed
        isOver.store(true, ordering: .relaxed)
        ping.signal()
        try conductor.end()
        trips.report(to: conductor)
    }

    /// Stored before a signal and loaded after the wait for it, which orders the two.
    private static let isOver = Atomic<Bool>(false)
}
