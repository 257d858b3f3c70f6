internal import ZeroMQReactor

/// High-water marks: of new pipes, and of existing pipes when a mark changes.
///
/// Two ends depend on the mark of a stream: the writer counts by it, and the reader acknowledges at
/// its pace. For outbound streams the socket is the writer and tells the far end. For inbound
/// streams the socket is the reader and tells the session, which writes. Over inproc, the writing
/// socket adds up both marks and tells the reading socket.
extension SocketCore {
    var sendMark: Int { life.withLock { $0.sendHighWaterMark.messages } }
    var receiveMark: Int { life.withLock { $0.receiveHighWaterMark.messages } }

    /// Sets the mark for current and future peers. Negative marks are not applied here: bind and
    /// connect report them.
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

    /// Sets the high-water mark of a pipe's outbound stream. A conflating stream always holds one
    /// message.
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
        // The noted room may no longer exist under the new mark.
        sending.pointee.sureRoom = 0
        pipe.farEnd?.readingMarkChanged(to: mark)
        pipeGainedRoom(pipe)
    }

    // MARK: Inside the receive gate

    /// Tells the far end of a pipe how many messages it may write.
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
    /// Whether a queue may have this limit.
    fileprivate var isPossible: Bool { if case .count(..<0) = self { false } else { true } }
}
