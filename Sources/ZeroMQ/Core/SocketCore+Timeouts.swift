internal import Synchronization
internal import ZeroMQReactor

/// The verbs that the public sockets call: they act at once or wait, and throw when time is up.
extension SocketCore {
    @usableFromInline
    func send(_ message: borrowing Message) throws(ZeroMQError) {
        if sendInTurn({ append(message, to: &$0) }) { return }
        if try sendAtOnce(message) { return }
        // The timeout is read only if the call has to wait.
        try sendSlowly(message, timeout: sendTimeout.value)
    }

    @usableFromInline
    func send(_ message: borrowing Message, timeout: Duration) throws(ZeroMQError) {
        if sendInTurn({ append(message, to: &$0) }) { return }
        if try sendAtOnce(message) { return }
        try sendSlowly(message, timeout: timeout)
    }

    @usableFromInline
    func trySend(_ message: borrowing Message) throws(ZeroMQError) -> Bool {
        if sendInTurn({ append(message, to: &$0) }) { return true }
        return try trySendAtOnce(message)
    }

    /// Makes the general attempt, where the fast path did not apply.
    @inline(never)
    func trySendAtOnce(_ message: borrowing Message) throws(ZeroMQError) -> Bool {
        if try sendAtOnce(message) { return true }
        context.attendLoop()
        return false
    }

    @inline(never)
    func sendSlowly(
        _ message: borrowing Message,
        timeout: Duration?
    ) throws(ZeroMQError) {
        guard try sendWaiting(message, patience: Patience(timeout)) else {
            throw .sendTimedOut
        }
    }

    @usableFromInline
    func receive() throws(ZeroMQError) -> Message {
        if let message = receiveInTurn() { return message }
        if let message = try receiveAtOnce() { return message }
        return try receiveSlowly(timeout: receiveTimeout.value)
    }

    @usableFromInline
    func receive(timeout: Duration) throws(ZeroMQError) -> Message {
        if let message = receiveInTurn() { return message }
        if let message = try receiveAtOnce() { return message }
        return try receiveSlowly(timeout: timeout)
    }

    @usableFromInline
    func tryReceive() throws(ZeroMQError) -> Message? {
        if let message = receiveInTurn() { return message }
        if let message = try receiveAtOnce() { return message }
        context.attendLoop()
        return nil
    }

    @inline(never)
    func receiveSlowly(timeout: Duration?) throws(ZeroMQError) -> Message {
        guard let message = try receiveWaiting(patience: Patience(timeout)) else {
            throw .receiveTimedOut
        }
        return message
    }
}

/// A timeout that any thread may set and every call reads.
///
/// Nanoseconds in one word. Relaxed: no other data depends on it.
struct AtomicTimeout: ~Copyable {
    private static let forever = Int64.max
    private let nanoseconds = Atomic<Int64>(forever)

    var value: Duration? {
        get {
            let value = nanoseconds.load(ordering: .relaxed)
            return value == Self.forever ? nil : .nanoseconds(value)
        }
        nonmutating set {
            let value = newValue.map { max(0, $0.nanoseconds) }
            nanoseconds.store(value ?? Self.forever, ordering: .relaxed)
        }
    }
}
