internal import ZeroMQProtocol

/// Who deals with what is not for the application. Called on the loop.
protocol CommandHandler: AnyObject {
    /// Answers a command. An error ends the connection.
    func answer(_ command: UnsafeRawBufferPointer) -> ProtocolError?
    func subscriptionChanged(_ topic: UnsafeRawBufferPointer, isSubscribe: Bool)
}

/// Walks over received octets: keeps messages, takes commands out, and enforces the limits.
///
/// Works on the octets where they were received, in the last chunk of the inbound stream. Frames
/// that stay are only stepped over; when something before them was taken out, they move up, each
/// once.
///
///     need header ──▶ short body: wait until all of it is there
///                └──▶ long body: receive straight into storage of its own ──▶ need header
final class InboundWalker {
    /// Bodies from this size on are received into their own storage.
    static let smallestOwnStorage = 32768

    let writer: StreamWriter.Pointer
    let policy: InboundPolicy
    let limits: ProtocolLimits

    /// The long body that is arriving.
    private(set) var body: BodyInProgress?
    /// Octets that the frame at the cursor still lacks, at least 1.
    private(set) var lacking = 1
    /// Parts and octets of the message that is arriving.
    private var parts = 0
    private var messageOctets = 0

    init(writer: StreamWriter.Pointer, policy: InboundPolicy, limits: ProtocolLimits) {
        self.writer = writer
        self.policy = policy
        self.limits = limits
    }

    /// What the session must know after a walk.
    struct Result {
        /// The consumer of the stream sleeps and has to be woken.
        var wakesConsumer = false
        /// Whole messages remain that the high-water mark keeps back.
        var isHeldBack = false
        /// A command comes next, and nobody was given who could answer it.
        var needsLoop = false
        var error: ProtocolError?
    }

    /// Walks as far as there are whole frames and room for messages.
    ///
    /// Commands and subscriptions are given to `handler` as they come; without one the walk stops
    /// before a command.
    func walk(_ handler: (any CommandHandler)?) -> Result {
        var result = Result()
        var room = policy.deliversMessages ? writer.pointee.currentRoom() : Int.max
        var whole = 0
        var read = UnsafeMutableRawPointer(writer.pointee.cursor)

        lacking = 1
        scan: while true {
            if parts == 0, whole >= room {
                room = writer.pointee.currentRoom()
                if whole >= room {
                    result.isHeldBack = read != writer.pointee.filled
                    break
                }
            }
            let available = writer.pointee.filled - read
            switch FrameHeader.parse(read, available: available) {
            case .incomplete: break scan
            case .oversized:
                result.error = ProtocolError(.limitExceeded(.frame))
                break scan
            case .header(let flags, let headerSize, let count):
                if flags & FrameFlags.command.rawValue != 0 {
                    guard count <= limits.longestTrafficCommand else {
                        result.error = ProtocolError(.limitExceeded(.command))
                        break scan
                    }
                    guard available >= headerSize + count else {
                        lacking = headerSize + count - available
                        break scan
                    }
                    guard let handler else {
                        result.needsLoop = true
                        break scan
                    }
                    let octets = UnsafeRawBufferPointer(start: read + headerSize, count: count)
                    read += headerSize + count
                    if let error = handler.answer(octets) {
                        result.error = error
                        break scan
                    }
                    continue
                }
                if let error = check(frame: count) {
                    result.error = error
                    break scan
                }
                let size = headerSize + count
                let hasMore = flags & FrameFlags.more.rawValue != 0
                switch judgeAsSubscription(
                    read + headerSize,
                    present: available - headerSize,
                    count: count,
                    hasMore: hasMore,
                    hasHandler: handler != nil
                )
                {
                case .message: break
                case .lacking(let octets):
                    lacking = octets
                    break scan
                case .needsLoop:
                    result.needsLoop = true
                    break scan
                case .tooLong:
                    result.error = ProtocolError(.limitExceeded(.topic))
                    break scan
                case .subscription(let topic, let isSubscribe):
                    handler?.subscriptionChanged(topic, isSubscribe: isSubscribe)
                    read += size
                    continue
                }
                if available < size {
                    if count >= Self.smallestOwnStorage {
                        beginBody(read, headerSize: headerSize, count: count, hasMore: hasMore)
                        read = writer.pointee.filled
                    } else {
                        lacking = size - available
                    }
                    break scan
                }
                if policy.deliversMessages { writer.pointee.keep(read, count: size) }
                read += size
                noteFrame(hasMore: hasMore, octets: count)
                if !hasMore, policy.deliversMessages {
                    writer.pointee.markMessageEnd()
                    whole += 1
                }
            }
        }
        writer.pointee.closeGap(upTo: read)
        if whole > 0 { result.wakesConsumer = writer.pointee.publishMarked(messages: whole) }
        return result
    }

    private func noteFrame(hasMore: Bool, octets: Int) {
        if hasMore {
            parts += 1
            messageOctets += octets
        } else {
            parts = 0
            messageOctets = 0
        }
    }

    /// What a publisher makes of a frame, as far as it has arrived.
    private enum Judgement {
        case message
        case subscription(UnsafeRawBufferPointer, isSubscribe: Bool)
        /// More octets are needed, to judge it or to use it.
        case lacking(Int)
        /// It is one, and nobody was given who could take it.
        case needsLoop
        case tooLong
    }

    /// Publishers: a message of one frame that begins with 0 or 1 is a subscription.
    @inline(__always)
    private func judgeAsSubscription(
        _ body: UnsafeRawPointer,
        present: Int,
        count: Int,
        hasMore: Bool,
        hasHandler: Bool
    ) -> Judgement {
        guard policy.takesSubscriptions, parts == 0, !hasMore, count > 0 else { return .message }
        guard present > 0 else { return .lacking(1) }
        let first = body.load(as: UInt8.self)
        guard first <= 1 else { return .message }
        guard count - 1 <= limits.topicOctets else { return .tooLong }
        guard present >= count else { return .lacking(count - present) }
        guard hasHandler else { return .needsLoop }
        let topic = UnsafeRawBufferPointer(start: body + 1, count: count - 1)
        return .subscription(topic, isSubscribe: first == 1)
    }

    // MARK: Long bodies

    private func beginBody(
        _ header: UnsafeMutableRawPointer,
        headerSize: Int,
        count: Int,
        hasMore: Bool
    ) {
        let start = header + headerSize
        let present = writer.pointee.filled - start
        var body = BodyInProgress(count: count, hasMore: hasMore)
        body.append(UnsafeRawBufferPointer(start: start, count: present))
        self.body = body
        if policy.deliversMessages { writer.pointee.keep(header, count: headerSize) }
    }

    /// The kernel wrote `count` octets into the room of the body in progress.
    ///
    /// True if the body is whole; `walk` goes on behind it.
    func bodyReceived(_ count: Int) -> Bool {
        body?.received += count
        return bodyEnds(within: 0)
    }

    /// Puts the finished body into the stream. True if its message is published to a sleeper.
    func finishBody() -> Bool {
        guard let body else { return false }
        self.body = nil
        noteFrame(hasMore: body.hasMore, octets: body.count)
        guard policy.deliversMessages else { return false }
        writer.pointee.enqueue(
            body.storage,
            base: UnsafeRawPointer(body.storage.base),
            count: body.count,
            endsMessage: !body.hasMore
        )
        guard !body.hasMore else { return false }
        writer.pointee.markMessageEnd()
        return writer.pointee.publishMarked(messages: 1)
    }

    /// Room for the octets of the body in progress, which grows with what has been received.
    func bodyRoom() -> UnsafeMutableRawBufferPointer {
        body?.room() ?? UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    /// Whether the body in progress lacks no more than `count` octets.
    func bodyEnds(within count: Int) -> Bool {
        guard let body else { return false }
        return body.count - body.received <= count
    }

    /// The connection has gone: forgets what was not whole.
    func reset() {
        body = nil
        parts = 0
        messageOctets = 0
        writer.pointee.rollback()
    }

    // MARK: Limits

    private func check(frame count: Int) -> ProtocolError? {
        if let most = limits.frame, count > most { return ProtocolError(.limitExceeded(.frame)) }
        if let most = limits.message, count > most - min(most, messageOctets) {
            return ProtocolError(.limitExceeded(.message))
        }
        if parts >= limits.partsPerMessage { return ProtocolError(.limitExceeded(.parts)) }
        return nil
    }
}
