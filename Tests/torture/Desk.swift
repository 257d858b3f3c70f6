import Synchronization

/// What one thread or task is at, so that a hang has words.
final class Desk: Sendable {
    private struct State {
        var verb: StaticString = "works"
        var number: UInt64 = 0
        var since = ContinuousClock.now
        /// Others are waited for, who have desks of their own.
        var isPatient = false
    }

    /// The desk of whoever runs this; tasks that are started from there share it.
    @TaskLocal static var own: Desk?

    private let name: String
    private let state = Mutex(State())

    init(_ name: String) { self.name = name }

    /// Since when it has been at one thing that must end by itself.
    var busySince: ContinuousClock.Instant? {
        state.withLock { $0.isPatient ? nil : $0.since }
    }

    var description: String {
        state.withLock { state in
            let time = (ContinuousClock.now - state.since).components.seconds
            return "\(name): \(state.verb) \(state.number), for \(time) s"
        }
    }

    fileprivate func begin(_ verb: StaticString, _ number: UInt64, isPatient: Bool) -> Work {
        state.withLock { state in
            let before = Work(verb: state.verb, number: state.number, isPatient: state.isPatient)
            state = State(verb: verb, number: number, isPatient: isPatient)
            return before
        }
    }

    fileprivate func resume(_ work: Work) {
        state.withLock {
            $0 = State(verb: work.verb, number: work.number, isPatient: work.isPatient)
        }
    }

    fileprivate struct Work {
        var verb: StaticString
        var number: UInt64
        var isPatient: Bool
    }
}

/// Does something that may take long, and says so meanwhile.
func during<Value>(
    _ verb: StaticString,
    _ number: UInt64 = 0,
    isPatient: Bool = false,
    _ body: () throws -> Value
) rethrows -> Value {
    guard let desk = Desk.own else { return try body() }
    let before = desk.begin(verb, number, isPatient: isPatient)
    defer { desk.resume(before) }
    return try body()
}

/// The same where the caller is a task.
func during<Value>(
    _ verb: StaticString,
    _ number: UInt64 = 0,
    _ body: () async throws -> Value
) async rethrows -> Value {
    guard let desk = Desk.own else { return try await body() }
    let before = desk.begin(verb, number, isPatient: false)
    defer { desk.resume(before) }
    return try await body()
}
