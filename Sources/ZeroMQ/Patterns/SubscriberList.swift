/// The peers of a publisher, each with a small number that stays the same while it is attached.
struct SubscriberList {
    private var slots: [SendLane?] = []
    private var free: [Int] = []

    var lanes: [SendLane] { slots.compactMap(\.self) }

    mutating func add(_ pipe: SocketPipe) {
        if let index = free.popLast() {
            slots[index] = SendLane(pipe)
            pipe.subscriber = index
        } else {
            pipe.subscriber = slots.count
            slots.append(SendLane(pipe))
        }
    }

    mutating func remove(_ pipe: SocketPipe) {
        guard pipe.subscriber >= 0 else { return }
        slots[pipe.subscriber] = nil
        free.append(pipe.subscriber)
        pipe.subscriber = -1
    }

    @inline(__always)
    subscript(index: Int) -> SendLane? { slots[index] }
}
