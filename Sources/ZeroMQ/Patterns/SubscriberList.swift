/// The peers of a publisher, each with a small number that stays the same while it is attached.
struct SubscriberList: ~Copyable {
    /// The lane of each number; of one that nobody has, a lane that leads nowhere.
    private var lanes = PlainArray<SendLane?>()
    private var free = PlainArray<UInt32>()

    /// How many there are.
    var count: Int { lanes.count - free.count }

    mutating func add(_ pipe: SocketPipe) {
        if let index = free.popLast() {
            lanes[Int(index)] = SendLane(pipe)
            pipe.subscriber = Int(index)
        } else {
            pipe.subscriber = lanes.count
            lanes.append(SendLane(pipe))
        }
    }

    mutating func remove(_ pipe: SocketPipe) {
        guard pipe.subscriber >= 0 else { return }
        lanes[pipe.subscriber] = nil
        free.append(UInt32(pipe.subscriber))
        pipe.subscriber = -1
    }

    @inline(__always)
    subscript(subscriber: UInt32) -> SendLane? { lanes[Int(subscriber)] }
}
