internal import ZeroMQProtocol

/// Parses received bytes in place: keeps messages, takes commands out, and enforces the limits.
///
/// Works on the bytes where they were received, in the last chunk of the inbound stream. It only
/// steps over frames that stay. If something before a frame was taken out, the frame moves up,
/// once.
///
///     need header ──▶ short body: wait until all of it is there
///                └──▶ long body: receive straight into storage of its own ──▶ need header
final class InboundWalker {
    /// Bodies of this size or more are received into storage of their own.
    static let smallestOwnStorage = 32768

    let writer: StreamWriter.Pointer
    let policy: InboundPolicy
    private let limits: InboundLimits

    /// The long body that is arriving.
    private(set) var body: BodyInProgress?
    /// A long body that came out of a box and whose header has not been parsed yet.
    private var expected: Expected?

    /// Allocated separately, because it takes room and few connections are encrypted.
    private final class Expected {
        let body: BodyInProgress

        init(_ body: BodyInProgress) { self.body = body }
    }

    /// Bytes that the frame at the cursor still lacks, at least 1.
    private(set) var lacking = 1
    /// Messages that are not delivered.
    private var unwanted = PassedOver()
    /// Parts and bytes of the message that is arriving.
    private var parts = 0
    private var messageBytes = 0

    init(writer: StreamWriter.Pointer, policy: InboundPolicy, limits: ProtocolLimits) {
        self.writer = writer
        self.policy = policy
        self.limits = InboundLimits(limits)
    }

    /// What the session must know after a walk.
    struct Result {
        /// The stream's consumer sleeps and has to be woken.
        var wakesConsumer = false
        /// Whole messages remain that the high-water mark holds back.
        var isHeldBack = false
        /// A command comes next, but there is no handler, or this walk has handled enough.
        var needsLoop = false
        /// The socket has to apply earlier changes of subscription first, and then calls the loop.
        var awaitsUptake = false
        var error: ProtocolError?
    }

    /// The progress of one walk.
    private struct Walk {
        var result = Result()
        /// The next byte to look at.
        var cursor: UnsafeMutableRawPointer
        /// Messages that the stream has room for, and below, messages that have become whole.
        var room: Int
        var whole = 0
        /// Commands and subscriptions handed over so far.
        var commands = 0
        let handler: (any CommandHandler)?
    }

    /// The most commands and subscriptions that one walk hands over. Each takes much longer to
    /// handle than to receive, so a peer could keep the loop from all others with one full buffer.
    static let mostCommands = 64

    /// Whether the walk continues after a frame.
    private enum Verdict {
        case goOn
        case stop
    }

    /// Parses as long as there are whole frames and room for messages.
    ///
    /// Commands and subscriptions are handed to `handler` as they come. Without a handler, the walk
    /// stops before a command.
    func walk(_ handler: (any CommandHandler)?) -> Result {
        var walk = Walk(
            cursor: UnsafeMutableRawPointer(writer.pointee.cursor),
            room: policy.deliversMessages ? writer.pointee.currentRoom() : Int.max,
            handler: handler
        )
        lacking = 1
        if !policy.deliversMessages { walk.cursor += unwanted.take(of: writer.pointee.unwalked) }
        while hasRoom(&walk), step(&walk) == .goOn {}
        if !policy.deliversMessages { reportUnwanted(to: handler) }
        writer.pointee.closeGap(upTo: walk.cursor)
        publishWhole(&walk)
        return walk.result
    }

    /// Publishes the messages that are whole. Also called before a subscription, which is reported
    /// with the number of messages before it; the stream counts those when they are published.
    private func publishWhole(_ walk: inout Walk) {
        guard walk.whole > 0 else { return }
        if writer.pointee.publishMarked(messages: walk.whole) { walk.result.wakesConsumer = true }
        walk.room -= walk.whole
        walk.whole = 0
    }

    /// Whether another message may begin. A message that has begun may always continue.
    @inline(__always)
    private func hasRoom(_ walk: inout Walk) -> Bool {
        guard parts == 0, walk.whole >= walk.room else { return true }
        walk.room = writer.pointee.currentRoom()
        if walk.whole < walk.room { return true }
        walk.result.isHeldBack = walk.cursor != writer.pointee.filled
        return false
    }

    /// Parses the frame at the cursor, and moves the cursor behind it.
    @inline(__always)
    private func step(_ walk: inout Walk) -> Verdict {
        let available = writer.pointee.filled - walk.cursor
        switch FrameHeader.parse(walk.cursor, available: available) {
        case .incomplete:
            return .stop
        case .oversized:
            walk.result.error = ProtocolError(.limitExceeded(.frame))
            return .stop
        case .header(let flags, let headerSize, let count):
            let frame = ArrivingFrame(
                flags: flags,
                headerSize: headerSize,
                count: count,
                available: available
            )
            return frame.isCommand ? passCommand(frame, &walk) : passMessage(frame, &walk)
        }
    }

    /// A frame at the cursor whose header is whole.
    private struct ArrivingFrame {
        let flags: UInt8
        let headerSize: Int
        let count: Int
        /// Bytes of the frame that have arrived, counted from its header.
        let available: Int

        var isCommand: Bool { flags & FrameFlags.command.rawValue != 0 }
        var hasMore: Bool { flags & FrameFlags.more.rawValue != 0 }
        var size: Int { headerSize + count }
    }

    /// Hands a command over once all of it has arrived.
    @inline(never)
    private func passCommand(_ frame: ArrivingFrame, _ walk: inout Walk) -> Verdict {
        guard frame.count <= limits.command else {
            walk.result.error = ProtocolError(.limitExceeded(.command))
            return .stop
        }
        guard frame.available >= frame.size else {
            lacking = frame.size - frame.available
            return .stop
        }
        guard let handler = handler(for: &walk) else { return .stop }
        if policy.takesSubscriptions { publishWhole(&walk) }
        let start = walk.cursor + frame.headerSize
        walk.cursor += frame.size
        walk.result.error = handler.answer(UnsafeRawBufferPointer(start: start, count: frame.count))
        return walk.result.error == nil ? .goOn : .stop
    }

    /// The handler for the next command. Returns nil, and notes why, if the loop has to handle it,
    /// or if it has to wait.
    private func handler(for walk: inout Walk) -> (any CommandHandler)? {
        guard let handler = walk.handler, walk.commands < Self.mostCommands else {
            walk.result.needsLoop = true
            return nil
        }
        if policy.takesSubscriptions, !handler.hasRoomForSubscription() {
            walk.result.awaitsUptake = true
            return nil
        }
        walk.commands += 1
        return handler
    }

    /// Keeps a frame of a message, unless it changes a subscription.
    @inline(__always)
    private func passMessage(_ frame: ArrivingFrame, _ walk: inout Walk) -> Verdict {
        if let error = check(frame: frame.count) {
            walk.result.error = error
            return .stop
        }
        if policy.takesSubscriptions, let verdict = passSubscription(frame, &walk) {
            return verdict
        }
        guard policy.deliversMessages else { return passOver(frame, &walk) }
        if frame.available < frame.size {
            awaitRest(of: frame, &walk)
            return .stop
        }
        writer.pointee.keep(walk.cursor, count: frame.size)
        walk.cursor += frame.size
        noteFrame(hasMore: frame.hasMore, bytes: frame.count)
        if !frame.hasMore {
            writer.pointee.markMessageEnd()
            walk.whole += 1
        }
        return .goOn
    }

    /// Skips a frame that is not delivered, or as much of it as has arrived.
    @inline(never)
    private func passOver(_ frame: ArrivingFrame, _ walk: inout Walk) -> Verdict {
        noteFrame(hasMore: frame.hasMore, bytes: frame.count)
        let present = min(frame.size, frame.available)
        walk.cursor += present
        unwanted.begin(missing: frame.size - present, endsMessage: !frame.hasMore)
        return .goOn
    }

    @inline(never)
    private func reportUnwanted(to handler: (any CommandHandler)?) {
        guard let handler else { return }
        let messages = unwanted.takeCount()
        if messages > 0 { handler.passedOver(messages) }
    }

    /// Begins to receive a long body into its own storage; waits until a short one is whole.
    @inline(never)
    private func awaitRest(of frame: ArrivingFrame, _ walk: inout Walk) {
        guard frame.count >= Self.smallestOwnStorage else {
            lacking = frame.size - frame.available
            return
        }
        beginBody(
            walk.cursor,
            headerSize: frame.headerSize,
            count: frame.count,
            hasMore: frame.hasMore
        )
        walk.cursor = writer.pointee.filled
    }

    /// Publishers: takes a frame that is a subscription. Returns nil if it is a message.
    @inline(never)
    private func passSubscription(_ frame: ArrivingFrame, _ walk: inout Walk) -> Verdict? {
        let judgement = judgeAsSubscription(
            walk.cursor + frame.headerSize,
            present: frame.available - frame.headerSize,
            count: frame.count,
            hasMore: frame.hasMore
        )
        switch judgement {
        case .message: return nil
        case .lacking(let bytes): lacking = bytes
        case .tooLong: walk.result.error = ProtocolError(.limitExceeded(.topic))
        case .subscription(let topic, let isSubscribe):
            guard let handler = handler(for: &walk) else { return .stop }
            publishWhole(&walk)
            handler.subscriptionChanged(topic, isSubscribe: isSubscribe)
            walk.cursor += frame.size
            return .goOn
        }
        return .stop
    }

    @inline(__always)
    private func noteFrame(hasMore: Bool, bytes: Int) {
        if hasMore {
            parts += 1
            messageBytes += bytes
        } else {
            parts = 0
            messageBytes = 0
        }
    }

    /// What a frame is to a publisher, as far as its bytes have arrived.
    private enum Judgement {
        case message
        case subscription(UnsafeRawBufferPointer, isSubscribe: Bool)
        /// More bytes are needed to decide, or to use the frame.
        case lacking(Int)
        case tooLong
    }

    /// Publishers: a message of one frame that begins with 0 or 1 is a subscription.
    private func judgeAsSubscription(
        _ body: UnsafeRawPointer,
        present: Int,
        count: Int,
        hasMore: Bool
    ) -> Judgement {
        guard parts == 0, !hasMore, count > 0 else { return .message }
        guard present > 0 else { return .lacking(1) }
        let first = body.load(as: UInt8.self)
        guard first <= 1 else { return .message }
        guard count - 1 <= limits.topic else { return .tooLong }
        guard present >= count else { return .lacking(count - present) }
        let topic = UnsafeRawBufferPointer(start: body + 1, count: count - 1)
        return .subscription(topic, isSubscribe: first == 1)
    }

    // MARK: Long bodies

    /// Announces a whole body: it belongs to the next frame in the stream that has no body there.
    func expect(_ body: BodyInProgress) { expected = Expected(body) }

    private func beginBody(
        _ header: UnsafeMutableRawPointer,
        headerSize: Int,
        count: Int,
        hasMore: Bool
    ) {
        let start = header + headerSize
        let present = writer.pointee.filled - start
        if let expected = expected.take() {
            body = expected.body
        } else {
            var body = BodyInProgress(count: count, hasMore: hasMore)
            body.append(UnsafeRawBufferPointer(start: start, count: present))
            self.body = body
        }
        writer.pointee.keep(header, count: headerSize)
    }

    /// The kernel wrote `count` bytes into the body's room.
    ///
    /// Returns true if the body is whole; `walk` then continues with the next frame.
    func bodyReceived(_ count: Int) -> Bool {
        body?.noteReceived(count)
        return bodyEnds(within: 0)
    }

    /// Puts the finished body into the stream. Returns true if its message is published and the
    /// consumer sleeps.
    func finishBody() -> Bool {
        guard let body else { return false }
        self.body = nil
        noteFrame(hasMore: body.hasMore, bytes: body.count)
        writer.pointee.enqueue(
            body.storage,
            base: UnsafeRawPointer(body.storage.base + body.offset),
            count: body.count,
            endsMessage: !body.hasMore
        )
        guard !body.hasMore else { return false }
        writer.pointee.markMessageEnd()
        return writer.pointee.publishMarked(messages: 1)
    }

    /// Room for more bytes of the body. It grows with the number of bytes received.
    func bodyRoom() -> UnsafeMutableRawBufferPointer {
        body?.room() ?? UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    /// Whether the body in progress lacks no more than `count` bytes.
    func bodyEnds(within count: Int) -> Bool {
        guard let body else { return false }
        return body.count - body.received <= count
    }

    /// The connection has ended: discards whatever was not whole.
    func reset() {
        body = nil
        expected = nil
        unwanted.reset()
        parts = 0
        messageBytes = 0
        writer.pointee.rollback()
    }

    // MARK: Limits

    /// Checks the size of a sealed frame. Earlier frames may not have been parsed yet.
    ///
    /// The contents of a box are unknown until all of it has arrived. A publisher or PUSH can only
    /// use commands and subscriptions, so a box too long for those is rejected at once.
    func check(sealed count: Int) throws(ProtocolError) {
        guard policy.deliversMessages || count <= limits.command else {
            throw ProtocolError(.limitExceeded(.frame))
        }
        let most = min(limits.frame, limits.message)
        guard count > max(most, most == .max ? most : limits.command) else { return }
        throw ProtocolError(.limitExceeded(count > limits.frame ? .frame : .message))
    }

    @inline(__always)
    private func check(frame count: Int) -> ProtocolError? {
        if count > limits.frame { return ProtocolError(.limitExceeded(.frame)) }
        if count > limits.message - min(limits.message, messageBytes) {
            return ProtocolError(.limitExceeded(.message))
        }
        if parts >= limits.parts { return ProtocolError(.limitExceeded(.parts)) }
        return nil
    }
}
