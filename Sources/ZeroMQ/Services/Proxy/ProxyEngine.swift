/// The moving part of a proxy: one lane for each direction that the two sockets allow.
struct ProxyEngine: @unchecked Sendable {
    // Sendable because whoever runs the proxy has taken the engine out of it and has it alone.

    /// Where a waiter queues, and how to take it out again.
    enum Ticket {
        case receiving(SocketCore, WaiterQueue.Ticket)
        case sending(SocketCore, WaiterQueue.Ticket)
    }

    private struct Lane {
        let source: SocketCore
        let target: SocketCore
        let received: WritableKeyPath<ProxyStatistics, ProxyStatistics.Count>
        let sent: WritableKeyPath<ProxyStatistics, ProxyStatistics.Count>
        /// Taken from the source, and not yet accepted by the target.
        var message: Message?
        /// Accepted by the target, and not yet by the capture socket.
        var uncaptured: Message?
        /// Octets of the message held when the last batch ended.
        var heldOctets: Int?
        /// Moved in this batch.
        var batch: (messages: Int, octets: Int) = (0, 0)
    }

    /// What is moved in one direction before the other has its turn.
    private static let batch = 1000

    let sockets: [any Socket]
    private let capture: SocketCore?
    private var lanes: [Lane] = []
    private(set) var statistics = ProxyStatistics()

    init(frontend: any Socket, backend: any Socket, capture: (any SendingSocket)?) {
        sockets = [frontend, backend] + (capture.map { [$0] } ?? [])
        self.capture = capture?.handle.core
        let (front, back) = (frontend.handle.core, backend.handle.core)
        if front.canReceive, back.canSend {
            lanes.append(
                Lane(source: front, target: back, received: \.fromFrontend, sent: \.toBackend)
            )
        }
        if front !== back, back.canReceive, front.canSend {
            lanes.append(
                Lane(source: back, target: front, received: \.fromBackend, sent: \.toFrontend)
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
        defer { finish(lane, index) }
        guard try captured(&lane) else { return false }
        if capture == nil, lane.message == nil {
            let run = lane.target.takeOver(from: lane.source, atMost: Self.batch)
            lane.batch = (run.messages, run.bodyOctets)
            if run.messages > 0 { return true }
        }
        // Looked at once for a batch; a message that finds no room later waits in the lane.
        if lane.message == nil, case .refused = lane.target.writableOrWait(nil) { return false }
        var hasMoved = false
        for _ in 0..<Self.batch {
            if lane.message == nil {
                guard let message = try lane.source.receiveAtOnce() else { break }
                lane.message = message
                lane.batch.messages += 1
                lane.batch.octets += message.byteCount
            }
            guard let message = lane.message, try deliver(message, lane.target) else { break }
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
    private mutating func deliver(
        _ message: Message,
        _ target: SocketCore
    ) throws(ZeroMQError) -> Bool {
        do throws(ZeroMQError) {
            return try target.sendAtOnce(message)
        } catch {
            guard error.code == .hostUnreachable || error.code == .invalidMessage else {
                throw error
            }
            statistics.rejected += 1
            return true
        }
    }

    /// Whether the capture socket has had everything.
    private func captured(_ lane: inout Lane) throws(ZeroMQError) -> Bool {
        guard let message = lane.uncaptured, let capture else { return true }
        guard try capture.sendAtOnce(message) else { return false }
        lane.uncaptured = nil
        return true
    }

    private mutating func finish(_ lane: Lane, _ index: Int) {
        var lane = lane
        let held = lane.message
        statistics[keyPath: lane.received].messages += lane.batch.messages
        statistics[keyPath: lane.received].octets += lane.batch.octets
        // What is held has been counted as received and will be counted as sent later.
        let before = lanes[index].heldOctets
        statistics[keyPath: lane.sent].messages +=
            lane.batch.messages + (before == nil ? 0 : 1) - (held == nil ? 0 : 1)
        statistics[keyPath: lane.sent].octets +=
            lane.batch.octets + (before ?? 0) - (held?.byteCount ?? 0)
        lane.batch = (0, 0)
        lane.heldOctets = held?.byteCount
        lanes[index] = lane
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
            } else if !lane.target.isWritableNow {
                attempt = lane.target.writableOrWait(waiter)
                ticket = { .sending(lane.target, $0) }
            } else {
                attempt = lane.source.readableOrWait(waiter)
                ticket = { .receiving(lane.source, $0) }
            }
            switch attempt {
            case .waiting(let number): tickets.append(ticket(number))
            case .refused: break
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
}
