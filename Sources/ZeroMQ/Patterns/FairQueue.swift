/// The borrowed reading end of a pipe, as receiving patterns use it.
struct ReceiveLane {
    let reader: StreamReader.Pointer
    unowned(unsafe) let pipe: SocketPipe

    init(_ pipe: SocketPipe) {
        reader = pipe.inlet.reader
        self.pipe = pipe
    }
}

/// Takes messages from pipes in turn, one whole message at a time.
///
/// Lanes before `activeCount` may have something to read; the others sleep until they announce
/// something. Retains every pipe in the list.
struct FairQueue {
    private var lanes: [ReceiveLane] = []
    private var keepers: [SocketPipe] = []
    private(set) var activeCount = 0
    private var current = 0
    /// The number of messages taken since `takeCount` was called, from lanes that ran dry.
    private var taken: UInt64 = 0
    /// The number of messages taken from pipes that have left.
    private(set) var consumedByDeparted = 0

    /// The most pipes that may have left while messages of theirs are unread.
    private let mostUnread: Int
    private var unreadCount = 0
    /// Pipes that have left and are empty, if they are listed; see `listDepartures`.
    private var departed: [SocketPipe]?
    private(set) var hasDepartures = false
    /// Numbers the departing pipes in order.
    private var departures: UInt64 = 0

    init(mostUnread: Int = 10_000) { self.mostUnread = mostUnread }

    /// The most empty lanes that one attempt checks, each perhaps with a system call, before other
    /// threads have their turn at the gate.
    private static let mostLooks = 64

    /// The pipe whose turn it is and that has a message, or nil.
    ///
    /// Nil while lanes are active means that more of them have to be checked; see
    /// `ReceiveSide.mayProceed`.
    @inline(__always)
    mutating func next() -> ReceiveLane? {
        guard activeCount > 0 else { return nil }
        let lane = lanes[current]
        return lane.reader.pointee.hasMessage() ? lane : nextAfter(lane)
    }

    /// The same if the lane whose turn it was has no message.
    @inline(never)
    private mutating func nextAfter(_ lane: ReceiveLane) -> ReceiveLane? {
        var lane = lane
        for _ in 0..<Self.mostLooks {
            fallAsleep(lane)
            guard activeCount > 0 else { return nil }
            lane = lanes[current]
            if lane.reader.pointee.hasMessage() { return lane }
        }
        return nil
    }

    /// A message was taken from the pipe that `next` returned: gives the next pipe its turn.
    @inline(__always)
    mutating func advance() {
        guard activeCount > 1 else { return }
        current += 1
        if current >= activeCount { current = 0 }
    }

    private mutating func fallAsleep(_ lane: ReceiveLane) {
        lane.reader.pointee.acknowledgeRest()
        lane.pipe.inbound.wakeProducerIfNeeded()
        taken &+= lane.reader.pointee.consumedSinceDry
        if lane.reader.pointee.ranDryAfterBurst() || lane.reader.pointee.hasHeldBack {
            lane.pipe.inbound.callForMore()
            if lane.reader.pointee.hasMessage() { return }
        }
        if activeCount == 1, lane.pipe.inbound.joinsThreads, lane.reader.pointee.awaitBatch() {
            return
        }
        guard lane.reader.pointee.sleep() else { return }
        if lane.pipe.departure != nil {
            remove(lane.pipe)
        } else {
            deactivate(lane.pipe.receiveIndex)
        }
    }

    /// How many messages were taken since the last call. Exact when no lane is active.
    mutating func takeCount() -> Int {
        defer { taken = 0 }
        return Int(truncatingIfNeeded: taken)
    }

    mutating func add(_ pipe: SocketPipe) {
        // If a pipe comes back after it left, its messages are counted by its own reader again.
        consumedByDeparted -= Int(truncatingIfNeeded: pipe.inlet.reader.pointee.consumed)
        pipe.receiveIndex = lanes.count
        lanes.append(ReceiveLane(pipe))
        keepers.append(pipe)
        activate(pipe)
    }

    /// The pipe has something to read again.
    mutating func activate(_ pipe: SocketPipe) {
        guard pipe.receiveIndex >= activeCount else { return }
        swap(pipe.receiveIndex, activeCount)
        activeCount += 1
    }

    /// Nothing more will arrive: removes the pipe as soon as it is empty.
    ///
    /// Usually it is empty now, and has to be removed now: an application that only sends would
    /// never look, and would keep every peer that has ever come. For the same reason the number of
    /// pipes left with unread messages is limited. Returns how many messages were dropped to keep
    /// that limit.
    mutating func finish(_ pipe: SocketPipe) -> Int {
        guard pipe.inlet.reader.pointee.hasMessage() else {
            pipe.inlet.reader.pointee.acknowledgeRest()
            remove(pipe)
            return 0
        }
        if pipe.departure == nil {
            departures += 1
            unreadCount += 1
            pipe.departure = departures
        }
        activate(pipe)
        return unreadCount > mostUnread ? giveUpOldest() : 0
    }

    /// A pipe that was about to leave has come back before it was empty.
    mutating func resume(_ pipe: SocketPipe) {
        guard pipe.departure.take() != nil else { return }
        unreadCount -= 1
    }

    /// Drops an eighth at a time, because finding the oldest takes a pass over all pipes.
    @inline(never)
    private mutating func giveUpOldest() -> Int {
        let unread = keepers.filter { $0.departure != nil }
            .sorted { ($0.departure ?? 0) < ($1.departure ?? 0) }
        var messages = 0
        for pipe in unread.prefix(max(1, mostUnread / 8)) {
            messages += pipe.inlet.reader.pointee.pendingMessages
            remove(pipe)
        }
        return messages
    }

    mutating func remove(_ pipe: SocketPipe) {
        guard pipe.receiveIndex >= 0 else { return }
        resume(pipe)
        if pipe.receiveIndex < activeCount { deactivate(pipe.receiveIndex) }
        swap(pipe.receiveIndex, lanes.count - 1)
        let lane = lanes.removeLast()
        consumedByDeparted += Int(truncatingIfNeeded: lane.reader.pointee.consumed)
        keepers.removeLast()
        pipe.receiveIndex = -1
        if departed != nil { noteDeparture(pipe) }
    }

    @inline(never)
    private mutating func noteDeparture(_ pipe: SocketPipe) {
        departed?.append(pipe)
        hasDepartures = true
    }

    /// Begins or stops to list pipes that leave.
    mutating func listDepartures(_ lists: Bool) {
        departed = lists ? [] : nil
        hasDepartures = false
    }

    /// Takes the list of pipes that have left since the last call.
    mutating func takeDepartures() -> [SocketPipe] {
        defer { listDepartures(departed != nil) }
        return departed ?? []
    }

    /// Removes all pipes. Returns how many messages had arrived and were not received.
    mutating func removeAll() -> Int {
        var unread = 0
        for (lane, pipe) in zip(lanes, keepers) {
            consumedByDeparted += Int(truncatingIfNeeded: lane.reader.pointee.consumed)
            unread += lane.reader.pointee.pendingMessages
            // The last messages to arrive are not on the shelf yet.
            if pipe.conflates { unread += pipe.inbound.reader.pointee.pendingMessages }
            (pipe.receiveIndex, pipe.departure) = (-1, nil)
        }
        unreadCount = 0
        lanes = []
        keepers = []
        (activeCount, current) = (0, 0)
        return unread
    }

    var pipes: [SocketPipe] { keepers }

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
        keepers.swapAt(left, right)
        lanes[left].pipe.receiveIndex = left
        lanes[right].pipe.receiveIndex = right
    }
}
