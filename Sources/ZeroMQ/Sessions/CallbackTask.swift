internal import ZeroMQReactor

/// A piece of work for an event loop, made once and posted again and again.
final class CallbackTask: LoopTask, @unchecked Sendable {
    // Sendable because it is made by its owner and run on the loop only.

    private let body: () -> Void

    init(_ body: @escaping () -> Void) {
        self.body = body
        super.init()
    }

    override func run() { body() }
}
