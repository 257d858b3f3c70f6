/// Sending and receiving where it matters through which connection a message goes: a DEALER behind
/// a `RequestClient`.
extension SocketCore {
    /// What comes of a socket that tells connections apart.
    enum LineNews {
        case message(Message, SocketPipe)
        /// Connections that have ended, with all that came through them taken before.
        case departed([SocketPipe])
    }

    /// From here on connections that end are told of.
    func watchLines() { withReceiver { $0.queue.listDepartures(true) } }

    /// Sends through the next connection with room that `choose` takes, the last of them being one
    /// that has to do. It is asked before the message can be answered.
    func sendOrWait(
        _ message: Message,
        _ waiter: Waiter?,
        choose: (_ pipe: SocketPipe, _ isLast: Bool) -> Bool
    ) throws(ZeroMQError) -> Attempt<Void> {
        enterSender()
        if sending.pointee.isObstructed {
            let obstacle = sending.pointee.obstacle ?? .socketClosed
            leaveSender()
            throw obstacle
        }
        guard let lane = nextLane(choose) else {
            defer { leaveSender() }
            if waiter != nil { try checkHope() }
            return waiter.map { .waiting(sending.pointee.waiters.append($0)) } ?? .refused
        }
        lane.writer.pointee.begin()
        lane.writer.pointee.append(message)
        let outcome = publish(on: lane)
        sending.pointee.balancer.advance()
        leaveSender()
        follow(outcome)
        return .done(())
    }

    private func nextLane(_ choose: (_ pipe: SocketPipe, _ isLast: Bool) -> Bool) -> SendLane? {
        var others = sending.pointee.balancer.activeCount - 1
        while let lane = sending.pointee.balancer.next() {
            if choose(lane.pipe, others <= 0) { return lane }
            guard others > 0 else { return nil }
            others -= 1
            sending.pointee.balancer.advance()
        }
        return nil
    }

    /// Takes the next message or departure; without one the waiter joins the queue.
    func newsOrWait(_ waiter: Waiter?) throws(ZeroMQError) -> Attempt<LineNews> {
        enterReceiver()
        defer { leaveReceiver() }
        if receiving.pointee.hasEnded { throw receiving.pointee.ending ?? .socketClosed }
        if let lane = receiving.pointee.queue.next() {
            let pipe = lane.pipe
            let message = lane.reader.pointee.takeMessage()
            finishTaking(from: lane)
            return .done(.message(message, pipe))
        }
        if receiving.pointee.queue.hasDepartures {
            return .done(.departed(receiving.pointee.queue.takeDepartures()))
        }
        if receiving.pointee.mayProceed {
            letOthersReceive()
            return .unfinished
        }
        return waiter.map { .waiting(receiving.pointee.waiters.append($0)) } ?? .refused
    }
}
