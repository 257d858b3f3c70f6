internal import CLibrary
internal import CZeroMQKernel

/// The time in which a thread looks for something again and again, before it sleeps.
///
/// The system may have put the thread that is looked for on the same processor, where it waits for
/// its turn. So a look that has lasted for some microseconds yields the processor now and then. If
/// nobody else wants it, that takes less than a microsecond. If a third thread does, the look is
/// over its time when this one runs again, which its caller takes as a sign to look no more.
struct Look {
    private let clock = SystemClock()
    private let end: Int64
    private var nextYield: Int64

    private static let betweenYields: Int64 = 3000
    private static let looksPerReading = 8

    /// Begins now.
    init(nanoseconds: Int64) {
        let now = clock.now.nanoseconds
        end = now + nanoseconds
        nextYield = now + Self.betweenYields
    }

    /// Whether there is time for another look.
    mutating func mayContinue() -> Bool {
        let now = clock.now.nanoseconds
        if now >= nextYield {
            sched_yield()
            nextYield = now + Self.betweenYields
        }
        return now < end
    }

    /// Whether the time has been over for so long that others must have had the processor.
    func wasInterrupted() -> Bool { clock.now.nanoseconds > end + SpinGovernor.interruption }

    /// Looks at something that needs no system call. Returns whether it has come.
    @inline(__always)
    mutating func repeated(_ hasCome: () -> Bool) -> Bool {
        repeat {
            // A hint takes about as long as reading the clock: hence several looks in between.
            for _ in 0..<Self.looksPerReading {
                if hasCome() { return true }
                zeromq_spin_hint()
            }
        } while mayContinue()
        return hasCome()
    }
}
