/// The borrowed writing end of a pipe, as sending patterns use it.
///
/// The pointer saves the hot path two indirections. The list that contains the lane retains the
/// pipe.
struct SendLane {
    let writer: StreamWriter.Pointer
    unowned(unsafe) let pipe: SocketPipe

    init(_ pipe: SocketPipe) {
        writer = pipe.outlet.writer
        self.pipe = pipe
    }
}

/// Round-robin over the pipes that have room: PUSH, DEALER, REQ.
///
/// Lanes before `activeCount` are believed to have room; the others wait until they are told that
/// they have. All operations take constant time: a lane changes sides by swapping places.
struct LoadBalancer {
    private var lanes: [SendLane] = []
    private(set) var activeCount = 0
    private var current = 0

    var isEmpty: Bool { lanes.isEmpty }

    /// The pipe whose turn it is and that has room for a message, or nil.
    @inline(__always)
    mutating func next() -> SendLane? {
        while activeCount > 0 {
            let lane = lanes[current]
            if lane.writer.pointee.hasRoom() { return lane }
            if awaitRoom(lane) { return lane }
            if lane.writer.pointee.waitForRoom() { deactivate(current) }
        }
        return nil
    }

    @inline(never)
    private func awaitRoom(_ lane: SendLane) -> Bool {
        activeCount == 1 && lane.pipe.outbound.joinsThreads && lane.writer.pointee.awaitRoom()
    }

    /// A message was written to the pipe that `next` returned: gives the next pipe its turn.
    @inline(__always)
    mutating func advance() {
        guard activeCount > 1 else { return }
        current += 1
        if current >= activeCount { current = 0 }
    }

    /// If no stream has room: one of them, whose consumer may be helped.
    var fullest: WireStream? {
        activeCount == 0 && !lanes.isEmpty ? lanes[lanes.count - 1].pipe.outbound : nil
    }

    mutating func add(_ pipe: SocketPipe) {
        pipe.sendIndex = lanes.count
        lanes.append(SendLane(pipe))
        activate(pipe)
    }

    /// The pipe has room again.
    mutating func activate(_ pipe: SocketPipe) {
        guard pipe.sendIndex >= activeCount else { return }
        swap(pipe.sendIndex, activeCount)
        activeCount += 1
    }

    mutating func remove(_ pipe: SocketPipe) {
        guard pipe.sendIndex >= 0 else { return }
        if pipe.sendIndex < activeCount { deactivate(pipe.sendIndex) }
        swap(pipe.sendIndex, lanes.count - 1)
        lanes.removeLast()
        pipe.sendIndex = -1
    }

    /// Not inlined: a change of the array in the hot loop would add a check of its reference count
    /// to every message.
    @inline(never)
    private mutating func deactivate(_ index: Int) {
        activeCount -= 1
        swap(index, activeCount)
        if current >= activeCount { current = 0 }
    }

    private mutating func swap(_ left: Int, _ right: Int) {
        guard left != right else { return }
        lanes.swapAt(left, right)
        lanes[left].pipe.sendIndex = left
        lanes[right].pipe.sendIndex = right
    }
}
