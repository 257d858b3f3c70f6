/// Forwards what another socket has received, moving whole runs of messages between streams.
///
/// Possible where the patterns neither add frames nor remove any. Both gates are held for one
/// batch; as everywhere, the send gate, which is the target's, is entered first.
extension SocketCore {
    /// Moves messages from `source` until it has no more or there is no room. Returns how much was
    /// moved: nothing if each message has to be examined. `count` is called with each run before
    /// any other thread can receive it.
    func takeOver(
        from source: SocketCore,
        atMost most: Int,
        count: (WireRun) -> Void
    ) -> WireRun {
        var moved = WireRun()
        var sleeping: [WireStream] = []
        guard sendPattern.isBalanced, source.receivePattern == .plain else { return moved }
        enterSender()
        source.enterReceiver()
        if mayTakeOver(from: source) {
            while moved.messages < most, moved.length < Self.mostTakenOver,
                let run = moveRun(from: source, atMost: most - moved.messages, count, &sleeping)
            {
                moved += run
            }
        }
        source.leaveReceiver()
        leaveSender()
        for stream in sleeping { stream.wakeConsumer() }
        return moved
    }

    /// Roughly how many bytes may be moved while both gates are held.
    private static var mostTakenOver: Int { 4 << 20 }

    private func mayTakeOver(from source: SocketCore) -> Bool {
        // If something prevents sending, the general path reports the error.
        source.isPlain && !sending.pointee.isObstructed
    }

    /// Moves a run from one pipe to another: a single message where several pipes take turns.
    private func moveRun(
        from source: SocketCore,
        atMost most: Int,
        _ count: (WireRun) -> Void,
        _ sleeping: inout [WireStream]
    ) -> WireRun? {
        guard let target = sending.pointee.balancer.next(),
            let lane = source.receiving.pointee.queue.next()
        else { return nil }
        let takesTurns =
            sending.pointee.balancer.activeCount > 1
            || source.receiving.pointee.queue.activeCount > 1
        let run = lane.reader.pointee.upcomingRun(
            messages: takesTurns ? 1 : min(most, target.writer.pointee.room),
            bytes: target.writer.pointee.roomInChunk
        )
        guard run.messages > 0 else { return nil }
        count(run)
        let mustWake = target.writer.pointee.publish(run, copying: lane.reader.pointee.cursor)
        if mustWake { sleeping.append(target.pipe.outlet) }
        lane.reader.pointee.skip(run)
        source.finishTaking(from: lane)
        sending.pointee.balancer.advance()
        return run
    }
}
