internal import ZeroMQReactor

/// The close of an endpoint that is under way: its deadline, and the closures to call when it is
/// over.
///
/// An endpoint may be closed twice, by `disconnect` or `unbind` and then with its socket. It ends
/// at the earlier deadline, and both closures are called. Bound to the loop.
struct Closing {
    private let loop: EventLoop
    private let expire: () -> Void
    private var timer: TimerID?
    private var deadline: Instant?
    private var done: [(_ unsent: Int) -> Void] = []
    /// Messages that were not sent.
    var unsent = 0

    /// `expire` is called when the deadline passes.
    init(on loop: EventLoop, expire: @escaping () -> Void) {
        (self.loop, self.expire) = (loop, expire)
    }

    /// Lowers the deadline to `linger` from now; an earlier one stays. The caller itself handles
    /// `.discard`, which needs no deadline.
    mutating func limit(to linger: Linger, then done: @escaping (_ unsent: Int) -> Void) {
        self.done.append(done)
        guard case .wait(let limit) = linger else { return }
        let instant = loop.now + limit
        if let deadline, deadline <= instant { return }
        if let timer { loop.cancel(timer) }
        deadline = instant
        timer = loop.schedule(at: instant, expire)
    }

    /// The close is over: cancels the timer. The caller runs the closure that this returns.
    func end() -> (_ unsent: Int) -> Void {
        if let timer { loop.cancel(timer) }
        let done = done
        return { unsent in for body in done { body(unsent) } }
    }
}
