internal import ZeroMQReactor

/// The close of an endpoint that is under way: until when it may last, and who is to be told.
///
/// An endpoint may be closed twice, by `disconnect` or `unbind` and then with its socket; it ends
/// at the earlier of the two times, and both are told. Bound to the loop.
struct Closing {
    private let loop: EventLoop
    private let expire: () -> Void
    private var timer: TimerID?
    private var deadline: Instant?
    private var done: [(_ unsent: Int) -> Void] = []
    /// Messages that were not sent.
    var unsent = 0

    /// `expire` is called when the time allowed has passed.
    init(on loop: EventLoop, expire: @escaping () -> Void) {
        (self.loop, self.expire) = (loop, expire)
    }

    /// Allows so much time from now, if that is not more than was allowed before. Nothing at all is
    /// left to the caller.
    mutating func limit(to linger: Linger, then done: @escaping (_ unsent: Int) -> Void) {
        self.done.append(done)
        guard case .wait(let limit) = linger else { return }
        let instant = loop.now + limit
        if let deadline, deadline <= instant { return }
        if let timer { loop.cancel(timer) }
        deadline = instant
        timer = loop.schedule(at: instant, expire)
    }

    /// The close is over: nothing will be called any more but what this returns.
    func end() -> (_ unsent: Int) -> Void {
        if let timer { loop.cancel(timer) }
        let done = done
        return { unsent in for body in done { body(unsent) } }
    }
}
