internal import Synchronization
internal import ZeroMQReactor

/// The moving part of a proxy: one lane for each direction that the two sockets allow.
struct ProxyEngine: @unchecked Sendable {
    // Sendable because the call that runs the proxy takes the engine out of it and uses it alone.

    /// Where a waiter queues, and how to take it out again.
    enum Ticket {
        case receiving(SocketCore, WaiterQueue.Ticket)
        case sending(SocketCore, WaiterQueue.Ticket)
    }

    private struct Lane {
        let source: SocketCore
        let target: SocketCore
        let received: ProxyCounters.Count
        let sent: ProxyCounters.Count
        /// Taken from the source, and not yet accepted by the target.
        var message: Message?
        /// Accepted by the target, and not yet by the capture socket.
        var uncaptured: Message?

        /// A REP at both ends answers its own requests: it may send once it has received.
        var isEchoOfReplies: Bool { source === target && target.sendPattern == .reply }

        /// REQ and REP allow one message before it is the other direction's turn.
        var keepsStep: Bool {
            target.sendPattern.keepsStep || source.sendPattern.keepsStep
        }

        /// Whether a message may be taken from the source now.
        var mayTake: Bool {
            if !isEchoOfReplies, case .refused = target.writableOrWait(nil) { return false }
            guard source.sendPattern.keepsStep else { return true }
            // A REP that owes a reply would forget whom to, and a REQ that has asked nothing has
            // nothing to receive.
            return !source.owesReply && source.isReadableNow
        }
    }

    /// What is moved in one direction before the other has its turn, and how long that may take
    /// where the source passes over much.
    private static let batch = 1000
    private static let longestBatch = Duration.milliseconds(5)

    let sockets: [any Socket]
    private let capture: SocketCore?
    private var lanes: [Lane] = []
    private let counters: ProxyCounters

    init(
        frontend: any Socket,
        backend: any Socket,
        capture: (any SendingSocket)?,
        counters: ProxyCounters
    ) {
        self.counters = counters
        sockets = [frontend, backend] + (capture.map { [$0] } ?? [])
        self.capture = capture?.handle.core
        let (front, back) = (frontend.handle.core, backend.handle.core)
        if front.canReceive, back.canSend {
            lanes.append(
                Lane(
                    source: front,
                    target: back,
                    received: counters.fromFrontend,
                    sent: counters.toBackend
                )
            )
        }
        if front !== back, back.canReceive, front.canSend {
            lanes.append(
                Lane(
                    source: back,
                    target: front,
                    received: counters.fromBackend,
                    sent: counters.toFrontend
                )
            )
        }
    }

    /// Moves a batch in each direction. False if nothing could be moved.
    mutating func moveBatches() throws(ZeroMQError) -> Bool {
        var hasMoved = false
        for index in lanes.indices where try moveBatch(index) { hasMoved = true }
        return hasMoved
    }

    private mutating func moveBatch(_ index: Int) throws(ZeroMQError) -> Bool {
        // Taken out, so that the loop works on a value of its own.
        var lane = lanes[index]
        lanes[index].message = nil
        lanes[index].uncaptured = nil
        defer { lanes[index] = lane }
        guard try captured(&lane) else { return false }
        if capture == nil, lane.message == nil {
            let (received, sent) = (lane.received, lane.sent)
            let run = lane.target.takeOver(from: lane.source, atMost: Self.batch) { run in
                received.add(messages: run.messages, bytes: run.bodyBytes)
                sent.add(messages: run.messages, bytes: run.bodyBytes)
            }
            if run.messages > 0 { return true }
        }
        var hasMoved = false
        let clock = lane.source.context.clock
        let end = clock.now + Self.longestBatch
        for count in 0..<Self.batch where clock.now < end {
            if lane.message == nil {
                // Looked at once for a batch; a message that finds no room later waits in the lane.
                guard count > 0 && !lane.keepsStep || lane.mayTake else { break }
                guard let message = try lane.source.receiveAtOnce() else { break }
                lane.message = message
                lane.received.add(messages: 1, bytes: message.byteCount)
            }
            guard let message = lane.message, try deliver(message, lane) else { break }
            lane.message = nil
            hasMoved = true
            if capture != nil {
                lane.uncaptured = message
                guard try captured(&lane) else { break }
            }
        }
        return hasMoved
    }

    /// Sends a message on. False if there is no room for it now.
    private func deliver(_ message: Message, _ lane: Lane) throws(ZeroMQError) -> Bool {
        let bytes = message.byteCount
        lane.sent.add(messages: 1, bytes: bytes)
        do throws(ZeroMQError) {
            if try lane.target.sendAtOnce(message) { return true }
        } catch {
            if error.code == .hostUnreachable || error.code == .invalidMessage {
                counters.rejected.wrappingAdd(1, ordering: .relaxed)
                return true
            }
            lane.sent.add(messages: -1, bytes: -bytes)
            throw error
        }
        // It stays in the lane, and is counted when it goes.
        lane.sent.add(messages: -1, bytes: -bytes)
        return false
    }

    /// Whether the capture socket has had everything.
    private func captured(_ lane: inout Lane) throws(ZeroMQError) -> Bool {
        guard let message = lane.uncaptured, let capture else { return true }
        do throws(ZeroMQError) {
            guard try capture.sendAtOnce(message) else { return false }
        } catch {
            // What the capture socket may not have must not end the proxy: a peer has sent it.
            guard error.code == .invalidMessage else { throw error }
            counters.rejected.wrappingAdd(1, ordering: .relaxed)
        }
        lane.uncaptured = nil
        return true
    }

    // MARK: Waiting

    /// Queues up wherever something has to happen first. Nil if it has happened already.
    func queueUp(_ waiter: Waiter) -> [Ticket]? {
        var tickets: [Ticket] = []
        for lane in lanes {
            let attempt: Attempt<Void>
            let ticket: (WaiterQueue.Ticket) -> Ticket
            if lane.uncaptured != nil, let capture {
                attempt = capture.roomOrWait(waiter)
                ticket = { .sending(capture, $0) }
            } else if lane.message != nil {
                attempt = lane.target.roomOrWait(waiter)
                ticket = { .sending(lane.target, $0) }
            } else if lane.source.owesReply {
                // The other direction brings the reply.
                continue
            } else if !lane.isEchoOfReplies, !lane.target.isWritableNow {
                attempt = lane.target.writableOrWait(waiter)
                ticket = { .sending(lane.target, $0) }
            } else {
                attempt = lane.source.readableOrWait(waiter)
                ticket = { .receiving(lane.source, $0) }
            }
            switch attempt {
            case .waiting(let number): tickets.append(ticket(number))
            case .refused, .unfinished: break
            case .done:
                withdraw(tickets)
                return nil
            }
        }
        return tickets
    }

    func withdraw(_ tickets: [Ticket]) {
        for ticket in tickets {
            switch ticket {
            case .receiving(let core, let number): core.withdrawReceiver(number)
            case .sending(let core, let number): core.withdrawSender(number)
            }
        }
    }
}

extension SocketCore {
    /// Whether sending does something now, be it to throw.
    fileprivate var isWritableNow: Bool {
        if case .done = writableOrWait(nil) { true } else { false }
    }

    /// Whether receiving gives a message now, or throws because of the end.
    fileprivate var isReadableNow: Bool {
        if case .done = readableOrWait(nil) { true } else { false }
    }

    /// A REP whose next step is to send.
    fileprivate var owesReply: Bool {
        sendPattern == .reply && withReceiver { $0.reply.debt != nil }
    }
}

extension SendPattern {
    fileprivate var keepsStep: Bool { self == .request || self == .reply }
}
