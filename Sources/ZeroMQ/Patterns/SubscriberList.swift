/// The peers of a publisher. Each has a small number that stays the same while it is attached, and
/// is not reused before all its subscriptions have been removed.
struct SubscriberList: ~Copyable {
    /// The lane for each number; nil if the number is not in use.
    private var lanes = PlainArray<SendLane?>()
    private var free = PlainArray<UInt32>()

    /// How many numbers are in use, including those of peers that have left.
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

    /// Removes a peer from the list. Returns its number, which stays in use until `release`.
    mutating func remove(_ pipe: SocketPipe) -> Int {
        let number = pipe.subscriber
        lanes[number] = nil
        pipe.subscriber = -1
        return number
    }

    /// Frees a number, because nothing refers to it any more.
    mutating func release(_ number: Int) { free.append(UInt32(number)) }

    @inline(__always)
    subscript(subscriber: UInt32) -> SendLane? { lanes[Int(subscriber)] }
}
