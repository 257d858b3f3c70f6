import Testing

@testable import ZeroMQReactor

/// Long enough for any machine; reached only when a test fails.
var patience: Instant { SystemClock().now + .seconds(20) }

/// A value that several threads set and read.
final class Shared<Value: Sendable>: Sendable {
    private let storage: Locked<Value>

    init(_ value: Value) {
        storage = Locked(value)
    }

    var value: Value { storage.withLock { $0 } }

    func update(_ body: @Sendable (inout Value) -> Void) {
        storage.withLock { body(&$0) }
    }
}

/// A clock moved by hand.
final class ManualClock: MonotonicClock {
    private let storage = Locked(Instant(nanoseconds: 0))

    var now: Instant { storage.withLock { $0 } }

    func advance(by duration: Duration) {
        storage.withLock { $0 = $0 + duration }
    }
}

/// A selector that never waits: it reports what the test puts in and remembers how it was asked.
final class ScriptedSelector: Selector {
    struct State: Sendable {
        var added: [Int32: UInt64] = [:]
        var pending: [ReadyEvent] = []
        var waits: [Int64?] = []
        var wakeCount = 0
        var alarm: Duration?
        var refusal: SystemError?
    }

    let state = Locked(State())

    func add(_ descriptor: Int32, token: UInt64) throws(SystemError) {
        let refusal = state.withLock { state in
            if state.refusal == nil { state.added[descriptor] = token }
            return state.refusal
        }
        if let refusal { throw refusal }
    }

    func remind(of descriptor: Int32, token: UInt64) { report(token, .readable) }

    func remove(_ descriptor: Int32) {
        state.withLock { $0.added[descriptor] = nil }
    }

    func wait(nanoseconds: Int64?, into events: inout [ReadyEvent]) {
        events = state.withLock { state in
            state.waits.append(nanoseconds)
            defer { state.pending = [] }
            return state.pending
        }
    }

    func setAlarm(after delay: Duration) {
        state.withLock { $0.alarm = delay }
    }

    func wake() {
        state.withLock { $0.wakeCount += 1 }
    }

    func report(_ token: UInt64, _ readiness: Readiness) {
        state.withLock { $0.pending.append(ReadyEvent(token: token, readiness: readiness)) }
    }

    var lastWait: Int64?? { state.withLock { $0.waits.last } }
}

/// A handler made from a closure.
final class ClosureHandler: EventHandler {
    private let body: (Readiness) -> Void

    init(_ body: @escaping (Readiness) -> Void) {
        self.body = body
    }

    func handle(_ readiness: Readiness) {
        body(readiness)
    }
}

/// A running loop over the kernel's selector, stopped by the test that made it.
func startedLoop(_ name: String = "test-loop") throws -> EventLoop {
    let loop = EventLoop(selector: try EpollSelector(), clock: SystemClock(), name: name)
    try loop.start()
    return loop
}

extension EventLoop {
    /// Runs a closure on the loop and waits for its result.
    func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        let result = Shared<Result<Value, any Error>?>(nil)
        let parker = ThreadParker()
        execute {
            let outcome = Result { try body() }
            result.update { $0 = outcome }
            parker.unpark()
        }
        try #require(parker.park(until: patience))
        return try #require(result.value).get()
    }
}
