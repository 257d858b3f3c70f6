internal import CLibrary
internal import CZeroMQKernel
package import Synchronization

/// Sleeping on a word of memory until another thread of this process changes it.
package enum Futex {
    /// A word to sleep on. Allocated, because an atomic has no stable address.
    package typealias Word = UnsafeMutablePointer<Atomic<UInt32>>

    /// Sleeps while the word has the expected value; returns false if the deadline has passed.
    ///
    /// Returns true after a wake-up, if the word had another value, and sometimes spuriously: the
    /// caller checks its word again.
    @discardableResult
    package static func wait(on word: Word, expected: UInt32, deadline: Instant? = nil) -> Bool {
        let operation = Int(FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG)
        let address = Int(bitPattern: word)
        let value = Int(expected)
        let anyWaker = Int(UInt32.max)
        guard let deadline else {
            _ = KernelCall.invoke(SYS_futex, address, operation, value, 0, 0, anyWaker)
            return true
        }
        // This form of the call takes an instant of the monotonic clock, so an interrupted sleep
        // does not start over, and setting the wall clock has no effect.
        let moment = max(0, deadline.nanoseconds)
        var time = timespec()
        time.tv_sec = Int(moment / 1_000_000_000)
        time.tv_nsec = Int(moment % 1_000_000_000)
        let result = withUnsafePointer(to: &time) { pointer in
            let timeout = Int(bitPattern: pointer)
            return KernelCall.invoke(SYS_futex, address, operation, value, timeout, 0, anyWaker)
        }
        return result == 0 || errno != ETIMEDOUT
    }

    /// Wakes up to this many of the threads that sleep on the word.
    package static func wake(_ word: Word, count: Int32 = 1) {
        let operation = Int(FUTEX_WAKE | FUTEX_PRIVATE_FLAG)
        _ = KernelCall.invoke(SYS_futex, Int(bitPattern: word), operation, Int(count))
    }

    /// Wakes every thread that sleeps on the word.
    package static func wakeAll(_ word: Word) {
        wake(word, count: .max)
    }
}
