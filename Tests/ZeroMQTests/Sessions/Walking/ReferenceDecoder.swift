import ZeroMQProtocol

@testable import ZeroMQ

/// What has to come of a peer's bytes, decided on the whole of them, frame by frame.
///
/// Plain on purpose: it knows nothing of chunks, cuts, marks, or bodies with storage of their own.
struct ReferenceDecoder {
    enum Notice: Equatable {
        case command(Range<Int>)
        case topic(Range<Int>, isSubscribe: Bool)
    }

    /// The parts of each message that has to be delivered, as places in the bytes in clear.
    private(set) var messages: [[Range<Int>]] = []
    /// Messages that are not to be received.
    private(set) var passed = 0
    /// What the loop has to be told of, in order.
    private(set) var notices: [Notice] = []
    /// What ends the connection before the peer does.
    private(set) var fault: ProtocolError.Reason?

    private let policy: InboundPolicy
    private let limits: InboundLimits
    private var place = 0
    private var parts: [Range<Int>] = []

    init(_ script: WalkerScript, _ image: WireImage) {
        policy = InboundPolicy(script.kind)
        limits = InboundLimits(script.limits)
        if script.isSealed {
            decodeBoxes(image)
        } else {
            decode(image.clear, upTo: image.wire.count)
        }
    }

    private mutating func decodeBoxes(_ image: WireImage) {
        for box in image.boxes where fault == nil {
            guard image.wire.count >= box.announced else { return }
            fault = box.isOversized ? .limitExceeded(.frame) : judge(sealed: box.count)
            guard fault == nil, image.wire.count >= box.end else { return }
            if box.isTampered {
                fault = .cryptographic
            } else {
                decode(image.clear, upTo: box.clearEnd)
            }
        }
    }

    /// On the size of a box alone: a long command may be in it.
    private func judge(sealed count: Int) -> ProtocolError.Reason? {
        if !policy.deliversMessages, count > limits.command { return .limitExceeded(.frame) }
        let most = min(limits.frame, limits.message)
        guard most != .max, count > max(most, limits.command) else { return nil }
        return .limitExceeded(count > limits.frame ? .frame : .message)
    }

    private mutating func decode(_ bytes: [UInt8], upTo end: Int) {
        while fault == nil, let (flags, start, count) = header(bytes, end) {
            if flags & 4 != 0 {
                guard count <= limits.command else { return fail(.command) }
                guard count <= end - start else { return }
                notices.append(.command(start..<start + count))
                if count > 0, bytes[start] == WalkerRun.badCommand { fault = .heartbeat }
            } else {
                let hasMore = flags & 1 != 0
                let before = parts.reduce(0) { $0 + $1.count }
                if count > limits.frame { return fail(.frame) }
                if limits.message != .max, before + count > limits.message { return fail(.message) }
                if parts.count >= limits.parts { return fail(.parts) }
                let mayBeTopic = policy.takesSubscriptions && parts.isEmpty && !hasMore && count > 0
                if mayBeTopic, start == end { return }
                if mayBeTopic, bytes[start] <= 1 {
                    guard count - 1 <= limits.topic else { return fail(.topic) }
                    guard count <= end - start else { return }
                    let topic = start + 1..<start + count
                    notices.append(.topic(topic, isSubscribe: bytes[start] == 1))
                } else {
                    guard count <= end - start else { return }
                    parts.append(start..<start + count)
                    if !hasMore { finishMessage() }
                }
            }
            place = start + count
        }
    }

    private mutating func finishMessage() {
        if policy.deliversMessages { messages.append(parts) } else { passed += 1 }
        parts = []
    }

    private mutating func header(_ bytes: [UInt8], _ end: Int) -> (UInt8, start: Int, count: Int)? {
        guard end - place >= 2 else { return nil }
        let flags = bytes[place]
        guard flags & 2 != 0 else { return (flags, place + 2, Int(bytes[place + 1])) }
        guard end - place >= 9 else { return nil }
        let size = bytes[place + 1..<place + 9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard size <= UInt64(Int.max / 2) else {
            fail(.frame)
            return nil
        }
        return (flags, place + 9, Int(size))
    }

    private mutating func fail(_ limit: ProtocolError.Limit) { fault = .limitExceeded(limit) }
}
