/// The peers of a publisher, each with a small number that stays the same while it is attached, and
/// is nobody else's until its subscriptions have been forgotten.
struct SubscriberList: ~Copyable {
    /// The lane of each number; of one that nobody has, a lane that leads nowhere.
    private var lanes = PlainArray<SendLane?>()
    private var free = PlainArray<UInt32>()

    /// How many there are, and have been and are not forgotten yet.
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

    /// Takes a peer from the list. Its number, which `release` makes free.
    mutating func remove(_ pipe: SocketPipe) -> Int {
        let number = pipe.subscriber
        lanes[number] = nil
        pipe.subscriber = -1
        return number
    }

    /// Nothing is left of whoever had this number.
    mutating func release(_ number: Int) { free.append(UInt32(number)) }

    @inline(__always)
    subscript(subscriber: UInt32) -> SendLane? { lanes[Int(subscriber)] }
}
