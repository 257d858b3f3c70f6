internal import ZeroMQReactor

/// How long a call may wait.
@usableFromInline
enum Patience {
    /// Not at all: the answer is "not now".
    case none
    case forever
    case upTo(Duration)

    @usableFromInline
    init(_ timeout: Duration?) {
        if let timeout { self = .upTo(timeout) } else { self = .forever }
    }
}

/// When a waiting call gives up. Computed once, when the call first has to wait.
struct Deadline {
    let instant: Instant?

    init(_ patience: Patience, clock: some MonotonicClock) {
        switch patience {
        case .none, .forever: instant = nil
        case .upTo(let duration): instant = clock.now + duration
        }
    }

    func hasPassed(_ clock: some MonotonicClock) -> Bool {
        instant.map { clock.now >= $0 } ?? false
    }
}
