internal import ZeroMQReactor

/// Pipes that keep nothing but the newest message (ZMQ_CONFLATE).
///
/// Such a pipe has a shelf at each end: a stream of its own, between the socket and the stream to
/// the peer. Outbound, the newest message moves from the shelf into the stream as soon as the
/// stream has passed on the previous one. Inbound, every message that arrives is taken at once, and
/// the newest is put on the shelf. So patterns see ordinary streams; only these letters know of
/// shelves.
extension SocketCore {
    // MARK: Outbound, inside the send gate

    /// Takes the messages on the shelf, and moves the newest on if there is room for it.
    func takeFromShelf(_ pipe: SocketPipe) {
        let shelf = pipe.outlet.reader
        repeat {
            while shelf.pointee.hasMessage() {
                if pipe.waitingMessage != nil { drops.count(.superseded) }
                pipe.waitingMessage = shelf.pointee.takeMessage()
            }
            placeWaitingMessage(pipe)
        } while !shelf.pointee.sleep()
    }

    /// Writes the newest message to the stream, which holds one at a time.
    func placeWaitingMessage(_ pipe: SocketPipe, evenIfFull: Bool = false) {
        guard let message = pipe.waitingMessage else { return }
        let writer = pipe.outbound.writer
        while !evenIfFull, !writer.pointee.hasRoom() {
            if writer.pointee.waitForRoom() { return }
        }
        pipe.waitingMessage = nil
        writer.pointee.begin()
        writer.pointee.append(message)
        if writer.pointee.publish() { pipe.outbound.wakeConsumer() }
    }

    /// The socket closes: puts waiting messages into their streams, which are sent during the
    /// linger.
    func placeWaitingMessages() {
        for pipe in sending.pointee.pipes.pipes where pipe.conflates {
            takeFromShelf(pipe)
            placeWaitingMessage(pipe, evenIfFull: true)
        }
    }

    // MARK: Inbound, inside the receive gate

    /// Takes all messages that have arrived, and puts the newest on the shelf.
    ///
    /// A peer may send faster than this takes. After a while other threads need the gate, and an
    /// event loop continues.
    ///
    /// If the pipe's far end has gone, everything left is taken, because nothing is added. If the
    /// socket has ended, nothing is taken, because nothing will be received.
    func putOnShelf(_ pipe: SocketPipe, isLast: Bool = false) {
        guard !receiving.pointee.hasEnded else { return }
        let newest = takeNewest(of: pipe, isLast: isLast)
        if let newest { replaceShelved(by: newest, of: pipe) }
    }

    private func takeNewest(of pipe: SocketPipe, isLast: Bool) -> Message? {
        let reader = pipe.inbound.reader
        var newest: Message?
        var budget = PassingBudget()
        taking: repeat {
            while reader.pointee.hasMessage() {
                if let newest {
                    let isLate = !budget.allows(newest.count, context.clock)
                    if isLate, !isLast, leaveToLoop(pipe) { break taking }
                    drops.count(.superseded)
                }
                pipe.noteShelvedSender()
                newest = reader.pointee.takeMessage()
                pipe.inbound.wakeProducerIfNeeded()
            }
            reader.pointee.acknowledgeRest()
            pipe.inbound.wakeProducerIfNeeded()
            if reader.pointee.hasHeldBack { pipe.inbound.callForMore() }
        } while reader.pointee.hasMessage() || !reader.pointee.sleep()
        return newest
    }

    /// A loop continues to take. The stream is not asleep, so it would not announce new messages.
    private func leaveToLoop(_ pipe: SocketPipe) -> Bool {
        context.leaveToLoop { pipe.streamBecameReadable() }
    }

    private func replaceShelved(by newest: Message, of pipe: SocketPipe) {
        let shelf = pipe.inlet
        while shelf.reader.pointee.hasMessage() {
            _ = shelf.reader.pointee.takeMessage()
            drops.count(.superseded)
        }
        shelf.reader.pointee.acknowledgeRest()
        shelf.writer.pointee.begin()
        shelf.writer.pointee.append(newest)
        _ = shelf.writer.pointee.publish()
    }
}

/// Tells a socket that something was put on the shelf of one of its pipes.
final class ShelfBell: StreamConsumer, @unchecked Sendable {
    // Sendable because `pipe` is set before the pipe is attached, and not changed after; the
    // message is guarded by the socket's send gate, its sender by the receive gate.
    weak var pipe: SocketPipe?
    /// See `SocketPipe.waitingMessage`: few pipes conflate, so it is kept here.
    var waitingMessage: Message?
    /// See `SocketPipe.shelvedSender`.
    var shelvedSender: PeerDescription?

    func streamBecameReadable() {
        guard let pipe else { return }
        pipe.core?.deliverToSender(Letter(.shelved, pipe: pipe))
    }

    func streamOffersThread() {}
}
