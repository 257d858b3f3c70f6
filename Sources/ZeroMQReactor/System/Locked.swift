internal import Synchronization

/// A value that one thread at a time may use, for paths that are not hot.
///
/// The standard library's `Mutex` supports priority inheritance, so it asks for the thread's number
/// on each use; and the thread sanitizer does not see what it orders.
package final class Locked<Value>: @unchecked Sendable {
    // Unchecked: the value is used only between `lock` and `unlock`.

    private static var free: UInt32 { 0 }
    private static var held: UInt32 { 1 }
    /// Held, and others may be asleep.
    private static var contended: UInt32 { 2 }

    private let word: Futex.Word
    private var value: Value

    /// Guards a value, to which no other reference may remain.
    package init(_ value: sending Value) {
        self.value = value
        word = .allocate(capacity: 1)
        word.initialize(to: Atomic(Self.free))
    }

    deinit {
        word.deinitialize(count: 1)
        word.deallocate()
    }

    /// Runs a closure with exclusive access. It should be short and call no foreign code.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body(&value)
    }

    func lock() {
        // Acquiring: both operations pair with the exchange in `unlock`.
        let (isTaken, _) = word.pointee.compareExchange(
            expected: Self.free,
            desired: Self.held,
            ordering: .acquiring
        )
        guard !isTaken else { return }
        // A thread that had to wait marks the lock contended, because others may be waiting too.
        while word.pointee.exchange(Self.contended, ordering: .acquiring) != Self.free {
            Futex.wait(on: word, expected: Self.contended)
        }
    }

    func unlock() {
        // Releasing: pairs with the acquiring operations in `lock`.
        if word.pointee.exchange(Self.free, ordering: .releasing) == Self.contended {
            Futex.wake(word)
        }
    }
}
