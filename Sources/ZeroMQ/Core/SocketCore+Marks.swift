internal import ZeroMQReactor

/// High-water marks: of new pipes, and of those that are there when a mark changes.
///
/// Each stream counts by one mark, and two know of it: who writes counts by it, and who reads
/// acknowledges at its pace. On the way out the socket writes, and tells the far end. On the way in
/// it reads, and a session that writes is told; of two sockets over inproc, the one that writes
/// adds up both marks and tells the other.
extension SocketCore {
    var sendMark: Int { life.withLock { $0.sendHighWaterMark.messages } }
    var receiveMark: Int { life.withLock { $0.receiveHighWaterMark.messages } }

    /// Sets the mark for this and all future peers. A negative one is left to bind and connect,
    /// which refuse it.
    func setSendMark(_ mark: Limit) {
        life.withLock { $0.sendHighWaterMark = mark }
        guard mark.isPossible else { return }
        enterSender()
        for pipe in sending.pointee.pipes.pipes { applySendMark(to: pipe) }
        leaveSender()
    }

    func setReceiveMark(_ mark: Limit) {
        life.withLock { $0.receiveHighWaterMark = mark }
        guard mark.isPossible else { return }
        enterReceiver()
        for pipe in receiving.pointee.queue.pipes { applyReceiveMark(to: pipe) }
        leaveReceiver()
    }

    // MARK: Inside the send gate

    /// Has a pipe hold as much as it should now. A conflating one holds one message for ever.
    func applySendMark(to pipe: SocketPipe) {
        guard !pipe.conflates else { return }
        var mark = sendMark
        if let partner = pipe.inproc?.partnerOfSender {
            mark = InprocRegistry.sum(mark, partner.receiveMark)
        }
        mark = WireStream.effectiveMark(mark)
        let writer = pipe.outbound.writer
        guard mark != writer.pointee.highWaterMark else { return }
        writer.pointee.highWaterMark = mark
        // The room that was noted for all subscribers may be gone.
        sending.pointee.sureRoom = 0
        pipe.farEnd?.readingMarkChanged(to: mark)
        pipeGainedRoom(pipe)
    }

    // MARK: Inside the receive gate

    /// Has the far end of a pipe write as much as it may now.
    func applyReceiveMark(to pipe: SocketPipe) {
        guard pipe.inproc == nil else {
            pipe.farEnd?.writingMarkChanged(to: receiveMark)
            return
        }
        let mark = WireStream.effectiveMark(receiveMark)
        guard mark != pipe.inboundMark else { return }
        setInboundMark(of: pipe, to: mark)
        pipe.farEnd?.writingMarkChanged(to: mark)
    }

    func setInboundMark(of pipe: SocketPipe, to mark: Int) {
        pipe.inboundMark = mark
        pipe.inbound.reader.pointee.setMark(mark)
        pipe.inbound.wakeProducerIfNeeded()
    }
}

extension Limit {
    /// Whether a queue can have this limit.
    fileprivate var isPossible: Bool { if case .count(..<0) = self { false } else { true } }
}
