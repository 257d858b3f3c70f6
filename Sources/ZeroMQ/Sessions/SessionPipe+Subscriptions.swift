internal import ZeroMQProtocol
internal import ZeroMQReactor

/// SUB and XSUB: tells the peer of subscriptions, and asks it whether they are in force.
extension SessionPipe {
    /// A connection begins. It will be told all current subscriptions. Called on the loop.
    func beginSubscriptions(with publisher: String) {
        guard let subscriptions else { return }
        subscriptions.withLock { $0.connect() }
        core.confirmations?.joined(socketPipe, named: publisher)
    }

    /// The connection has ended, or nothing more can be written to it. The next one will be told
    /// all current subscriptions. Called on the loop.
    func endSubscriptions() {
        guard let subscriptions else { return }
        subscriptions.withLock { $0.disconnect() }
        core.confirmations?.left(socketPipe)
    }

    // MARK: Telling

    /// How many bytes of topics are handed to the connection at a time.
    private static let portion = 65_536

    /// What a connection is told at once.
    struct SubscriptionNews {
        let bytes: [UInt8]
        /// The number of a question that the peer cannot be asked: it is told, and that is all.
        let told: UInt64?
    }

    /// The changes that may be told now, and the question after them. Called by the holder of the
    /// writing half.
    func takeSubscriptions(_ reader: StreamReader.Pointer) -> SubscriptionNews? {
        guard let subscriptions, let session, session.isReady else { return nil }
        let answersPings = session.peerAnswersPings
        // Read under the lock: if a change is found there, the messages sent before it have been
        // published.
        let (changes, question) = subscriptions.withLock { changes in
            let isWritten = reader.pointee.isEmpty
            let taken = changes.take(bytes: Self.portion, messagesAreWritten: isWritten)
            let question = changes.takeQuestion(
                messagesAreWritten: isWritten,
                written: reader.pointee.consumed
            )
            if question != nil, !answersPings { changes.settleInquiry() }
            return (taken, question)
        }
        var bytes = changes.isEmpty ? [] : session.encode(changes)
        guard let question else { return SubscriptionNews(bytes: bytes, told: nil) }
        guard answersPings else { return SubscriptionNews(bytes: bytes, told: question) }
        bytes += Self.ping(SubscriptionInquiry.context(question, isAgain: false))
        return SubscriptionNews(bytes: bytes, told: nil)
    }

    /// How far the writing half has come.
    struct WritingState {
        let takesMore: Bool
        let messagesAreWritten: Bool
        let written: UInt64

        init(_ flow: borrowing OutboundFlow) {
            takesMore = flow.takesControl
            messagesAreWritten = flow.reader.pointee.isEmpty
            written = flow.reader.pointee.consumed
        }
    }

    /// Whether there is more to tell now. If earlier messages go first, the thread that writes the
    /// last of them has the loop flush again.
    func mayTellMore(after state: WritingState) -> Bool {
        guard state.takesMore, session?.isReady == true, let subscriptions else { return false }
        return subscriptions.withLock {
            $0.hasNext(messagesAreWritten: state.messagesAreWritten)
                || $0.hasQuestion(
                    messagesAreWritten: state.messagesAreWritten,
                    written: state.written
                )
        }
    }

    // MARK: What the socket asks

    func subscriptionsBegin(_ topics: [Frame]) {
        subscriptions?.withLock { $0.name(topics) }
        requestFlush()
    }

    func subscriptionChanged(
        _ change: SubscriptionMessage,
        isRepetition: Bool,
        after messages: UInt64
    ) {
        subscriptions?.withLock { $0.append(change, isRepetition: isRepetition) }
        requestFlush()
    }

    func takeWaitingChanges(after messages: UInt64) -> [SubscriptionMessage] {
        subscriptions?.withLock { $0.takeForStream(after: messages) } ?? []
    }

    /// A question that waited for the changes may have to go now, and the thread that wrote them
    /// does not send it.
    func waitingChangesSent() {
        if subscriptions?.withLock({ $0.isAsking }) == true { requestFlush() }
    }

    func askForConfirmation(_ number: UInt64) {
        subscriptions?.withLock { $0.ask(number) }
        requestFlush()
    }

    // MARK: Answers

    /// The context of a heartbeat: the question that is open, if there is one.
    var openQuestion: [UInt8] {
        subscriptions?.withLock { $0.inquiry.openContext }.map(Self.bytes) ?? []
    }

    /// A PONG came. Called on the loop.
    func noteAnswer(_ context: UnsafeRawBufferPointer) {
        guard let subscriptions, let session, context.count == 8 else { return }
        let number = UInt64(bigEndian: context.loadUnaligned(as: UInt64.self))
        let isExact = session.peerConfirms
        switch subscriptions.withLock({ $0.answered(number, isExact: isExact) }) {
        case nil: break
        case .askAgain(let context):
            writing.arrange { $0.add(control: Self.ping(context)) }
            requestFlush()
        case .confirmed(let number) where isExact:
            core.confirmations?.confirmed(number, by: socketPipe)
        case .confirmed(let number): confirm(number, from: session)
        }
    }

    /// The longest time for which a socket of libzmq does not look for what its I/O thread has
    /// passed on, while it is used all the time: 3,000,000 ticks of a clock.
    private static let longestDelay = Duration.milliseconds(5)

    /// A publisher of libzmq has been told by its I/O thread. Its next call after that time sees
    /// it, or an earlier one has.
    private func confirm(_ number: UInt64, from session: Session) {
        _ = loop.schedule(at: loop.now + Self.longestDelay) { [weak self, weak session] in
            guard let self, let session, session === self.session, session.isReady else { return }
            core.confirmations?.confirmed(number, by: socketPipe)
        }
    }

    private static func ping(_ context: UInt64) -> [UInt8] {
        bytes(context).withUnsafeBytes { CommandEncoding.ping(ttl: 0, context: $0) }
    }

    private static func bytes(_ context: UInt64) -> [UInt8] {
        withUnsafeBytes(of: context.bigEndian) { Array($0) }
    }

    // MARK: Publishers

    func subscriptionsTaken() { requestRead() }

    func answer(_ pings: [[UInt8]]) {
        loop.execute {
            for context in pings { context.withUnsafeBytes { self.session?.sendPong($0) } }
        }
    }
}

extension Session {
    /// Encodes changes of subscription in the form that the peer's version understands.
    func encode(_ changes: [SubscriptionMessage]) -> [UInt8] {
        var bytes: [UInt8] = []
        for change in changes {
            change.topic.withUnsafeBytes {
                CommandEncoding.subscription(
                    topic: $0,
                    subscribe: change.isSubscribe,
                    version: version,
                    into: &bytes
                )
            }
        }
        return bytes
    }
}
