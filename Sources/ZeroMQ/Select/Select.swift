internal import ZeroMQReactor

/// Waits for whichever of several sockets has something, and takes that one message.
///
/// For a task that owns its state and serves several sockets, such as a broker:
///
/// ```swift
/// enum Input { case client(Message), worker(Message), tick }
///
/// let select = Select<Input>()
/// select.add(frontend, when: { !free.isEmpty }, Input.client)
/// select.add(backend, Input.worker)
/// select.every(.seconds(1)) { .tick }
/// for try await input in select {
///     switch input { … }
/// }
/// ```
///
/// Nothing is taken ahead: what a socket has stays in its queue, where its high-water mark counts
/// it, until the loop asks for the next input and it is that socket's turn. Sources take turns, so
/// that a busy one does not keep another waiting. A condition is looked at before each wait.
/// Cancelling the task ends the loop with `cancelled`, and nothing has been taken. Sequences end
/// when every socket that was added has been closed.
///
/// A select belongs to one task at a time; `inbox` can be given to others.
///
/// C: `zmq_poll`, `zmq_poller_new`.
public final class Select<Input: Sendable> {
    private let mailbox = SelectMailbox<Input>()
    private var sources: [SelectSource<Input>] = []
    /// Whose turn it is.
    private var turn = 0
    private var nextNumber = 0
    /// Whether there ever was a socket: without one there is nothing whose end could be the end.
    private var hasHadSources = false
    var ticks = SelectTicks<Input>()

    /// Makes a select that waits for nothing yet.
    public init() {}

    // MARK: What to wait for

    /// Waits for messages of a socket, while `condition` holds.
    public func add(
        _ socket: some ReceivingSocket,
        when condition: @escaping () -> Bool = { true },
        _ input: @escaping (Message) -> Input
    ) {
        let core = socket.handle.core
        append(socket, .receiving, condition) { () throws(ZeroMQError) in
            try core.tryReceive().map(input)
        }
    }

    /// Waits until a socket can send without waiting, while `condition` holds.
    ///
    /// Most sockets can nearly always: let the condition say that there is something to send.
    public func add(
        roomOf socket: some SendingSocket,
        when condition: @escaping () -> Bool,
        _ input: @escaping () -> Input
    ) {
        let core = socket.handle.core
        append(socket, .sending, condition) { () throws(ZeroMQError) in
            guard case .done = core.writableOrWait(nil) else { return nil }
            try core.checkOpen()
            return input()
        }
    }

    /// Waits no more for a socket, in either direction.
    public func remove(_ socket: some Socket) {
        sources.removeAll { $0.core === socket.handle.core }
    }

    /// By which others, from any thread or task, give the loop an input of their own.
    public var inbox: Inbox { Inbox(mailbox: mailbox) }

    /// Gives a select inputs that come from no socket; see `Select.inbox`.
    public struct Inbox: Sendable {
        fileprivate let mailbox: SelectMailbox<Input>

        /// Hands over an input. Never waits; inputs are kept in order until the loop takes them.
        public func post(_ input: Input) { mailbox.post(input) }
    }

    private func append(
        _ socket: some Socket,
        _ direction: SelectSource<Input>.Direction,
        _ condition: @escaping () -> Bool,
        _ take: @escaping () throws(ZeroMQError) -> Input?
    ) {
        hasHadSources = true
        sources.append(
            SelectSource(nextNumber, socket, direction, when: condition, take: take)
        )
        nextNumber += 1
    }

    // MARK: Waiting

    /// The next input; suspends the task until there is one. Nil once all sockets are closed.
    /// - Throws: `cancelled`; `contextShutDown` and whatever else receiving throws.
    public func next() async throws(ZeroMQError) -> Input? {
        while true {
            guard !Task.isCancelled else { throw .cancelled }
            if let input = mailbox.takePosted() ?? ticks.popDue() { return input }
            disarmTold()
            var mustLookAgain = false
            switch try lookAround() {
            case .input(let input): return input
            case .unfinished: mustLookAgain = true
            case .nothing: break
            case .closed: return nil
            }
            if mustLookAgain {
                // Others want the thread as well.
                await Task.yield()
                continue
            }
            try await sleep()
        }
    }

    private func disarmTold() {
        for number in mailbox.takeTold() {
            sources.first { $0.number == number }?.disarm()
        }
    }

    /// Looks at the sources in turn, beginning after the one that gave something last.
    private func lookAround() throws(ZeroMQError) -> SelectSource<Input>.Finding {
        var result = SelectSource<Input>.Finding.nothing
        var closed: [Int] = []
        defer { sources.removeAll { closed.contains($0.number) } }
        for offset in 0..<sources.count {
            let index = (turn + offset) % sources.count
            let source = sources[index]
            guard source.condition() else { continue }
            switch try source.look(mailbox) {
            case .input(let input):
                turn = index + 1
                return .input(input)
            case .unfinished: result = .unfinished
            case .closed: closed.append(source.number)
            case .nothing: break
            }
        }
        let isOver = hasHadSources && closed.count == sources.count
        return isOver ? .closed : result
    }

    private func sleep() async throws(ZeroMQError) {
        let parker = mailbox.parker
        var alarm: Alarm?
        defer { alarm?.cancel() }
        if let instant = ticks.next() {
            alarm = Alarm(loop: try alarmLoop(), at: instant) { parker.resume(.woken) }
        }
        if case .cancelled = await parker.park() {
            mailbox.replaceParker()
            throw .cancelled
        }
    }

    /// The loop that keeps the time: one that the sockets have started, if there is any.
    private func alarmLoop() throws(ZeroMQError) -> EventLoop {
        let context = sources.first?.core.context ?? Context.shared.core
        try context.checkProcess()
        return try context.firstLoop()
    }
}

extension Select: AsyncSequence {
    public typealias Element = Input
    public typealias Failure = ZeroMQError

    public func makeAsyncIterator() -> Iterator { Iterator(select: self) }

    /// Takes inputs one by one.
    public struct Iterator: AsyncIteratorProtocol {
        let select: Select<Input>

        /// The next input; nil once all sockets are closed.
        /// - Throws: as `Select.next()`.
        public mutating func next() async throws(ZeroMQError) -> Input? {
            try await select.next()
        }

        /// The next input, on the given actor; nil once all sockets are closed.
        /// - Throws: as `Select.next()`.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ZeroMQError) -> Input? {
            try await select.next()
        }
    }
}
