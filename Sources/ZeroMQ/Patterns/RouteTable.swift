internal import ZeroMQReactor

/// Peers by routing id: where ROUTER and STREAM look up the first frame of a message.
///
/// Lists lanes and not pipes, so that a message finds its way without a reference being counted.
/// What keeps the pipes alive is the list of all of them, in which they stay longer than here.
struct RouteTable {
    private var lanes: [Frame: SendLane] = [:]
    /// Generated ids are a zero byte and this counter, which begins at random.
    private var counter = UInt32(truncatingIfNeeded: KernelDice.roll())

    subscript(id: Frame) -> SendLane? { lanes[id] }

    /// Makes an id that no peer has: five bytes, the first zero, which a peer may not choose.
    mutating func generateID() -> Frame {
        while true {
            counter &+= 1
            let id = Frame(withUnsafeBytes(of: counter.bigEndian) { [0] + $0 })
            if lanes[id] == nil { return id }
        }
    }

    mutating func insert(_ pipe: SocketPipe, id: Frame) {
        precondition(pipe.listIndex >= 0, "a pipe is listed before it gets a name")
        lanes[id] = SendLane(pipe)
        pipe.routingID = id
    }

    mutating func remove(_ pipe: SocketPipe) {
        guard let id = pipe.routingID, lanes[id]?.pipe === pipe else { return }
        lanes[id] = nil
        pipe.routingID = nil
    }
}
