internal import ZeroMQProtocol

/// A request that REQ has accepted while no peer was there.
///
/// It is held here, in no peer's queue, and goes to the first server that comes. So a dead endpoint
/// beside a living one swallows nothing, and no server ever sees a request that is given up before.
/// Everything here is called under the send gate.
extension SocketCore {
    var mayHoldRequest: Bool {
        @inline(never) get { sending.pointee.mayHoldRequest }
    }

    /// Under both gates. Apart from the rest, as `sendInTurn` says of what is rare.
    @inline(never)
    func hold(_ message: borrowing Message) -> SendOutcome {
        let number = receiving.pointee.request.begin()
        sending.pointee.held = HeldRequest(
            message: copy message,
            number: number,
            isMarked: receiving.pointee.request.isMarked,
            isExchange: receiving.pointee.request.isExchange
        )
        receiving.pointee.request.held()
        return .sent
    }

    /// A peer is there, or has room again.
    func placeHeldRequest() {
        guard sending.pointee.held != nil, let lane = sending.pointee.balancer.next() else {
            return
        }
        place(in: lane.pipe)
        sending.pointee.balancer.advance()
    }

    /// The pipe is to get nothing more, by the wish of the application or because its endpoint was
    /// given up. If it is the last, what is held lingers, or is dropped, with it.
    func leaveHeldRequest(to pipe: SocketPipe) {
        guard let held = sending.pointee.held, !held.isExchange, !pipe.isRetired else { return }
        let pipes = sending.pointee.pipes
        guard pipes.contains(pipe), !pipes.pipes.contains(where: { $0 !== pipe && !$0.isRetired })
        else { return }
        place(in: pipe)
    }

    /// The socket closes: what is held lingers with an endpoint. Nobody waits for the reply to it
    /// any more, so a request of which that is the point is not sent.
    func settleHeldRequest() {
        guard let held = sending.pointee.held else { return }
        let pipe = sending.pointee.pipes.pipes.first { !$0.isRetired }
        if !held.isExchange, let pipe { place(in: pipe) } else { dropHeldRequest() }
    }

    func dropHeldRequest() {
        guard sending.pointee.held.take() != nil else { return }
        sending.pointee.sentToDeparted += 1
        drops.count(.withdrawn)
    }

    private func place(in pipe: SocketPipe) {
        guard let held = sending.pointee.held.take() else { return }
        // The receiving side has this letter before a reply can have come: see `receiveReply`.
        deliverToReceiver(Letter(.placed(held.number), pipe: pipe))
        let writer = pipe.outlet.writer
        writer.pointee.begin()
        writer.append(request: held.message, number: held.isMarked ? held.number : nil)
        if writer.pointee.publish() { pipe.outlet.wakeConsumer() }
    }
}

extension SendSide {
    /// REQ: no server is there, and one may come.
    @inline(never)
    var mayHoldRequest: Bool {
        pattern == .request && balancer.isEmpty && pipes.pipes.contains { !$0.isRetired }
    }
}

extension StreamWriter.Pointer {
    /// Appends a request: its id if it is to carry one, the delimiter, and the message.
    @inline(__always)
    func append(request message: borrowing Message, number: UInt32?) {
        if let number {
            let frame = Frame(withUnsafeBytes(of: number) { Array($0) })
            pointee.append(frame, flags: FrameFlags.more.rawValue)
        }
        pointee.append(InlineBytes(), flags: FrameFlags.more.rawValue)
        pointee.append(message)
    }
}
