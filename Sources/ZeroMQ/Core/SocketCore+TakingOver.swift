/// Sending on what another socket has received, as it lies in its streams.
///
/// Possible where patterns neither add to a message nor take from it. Both gates are held for a
/// batch: the target's for sending first, as everywhere.
extension SocketCore {
    /// Moves messages from `source` until it has no more or there is no room. Returns what was
    /// moved, which is nothing where messages have to be looked at. `count` is told of each run
    /// before anybody can receive it.
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

    /// How many bytes are moved while both gates are held, about.
    private static var mostTakenOver: Int { 4 << 20 }

    private func mayTakeOver(from source: SocketCore) -> Bool {
        // The ordinary way finds the words for what is in the way.
        source.isPlain && !sending.pointee.isObstructed
    }

    /// Moves what one pipe has for one other, a single message where several take turns.
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
