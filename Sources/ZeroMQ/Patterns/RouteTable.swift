internal import Synchronization
internal import ZeroMQReactor

/// Peers by routing id: where ROUTER and STREAM look up the first frame of a message.
///
/// Contains lanes and not pipes, so that routing a message needs no reference counting. The list of
/// all pipes retains them; a pipe stays in that list longer than here.
struct RouteTable {
    private var lanes: [Frame: SendLane] = [:]
    /// Generated ids are a zero byte and this counter, which starts at a random number. Relaxed:
    /// the ids only have to differ.
    private static let counter = Atomic(UInt32(truncatingIfNeeded: KernelDice.roll()))

    subscript(id: Frame) -> SendLane? { lanes[id] }

    /// The next generated id: five bytes, of which the first is zero. Peers may not choose it.
    static func nextID() -> Frame {
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        return Frame(withUnsafeBytes(of: number.bigEndian) { [0] + $0 })
    }

    /// Generates an id that no peer has.
    func generateID() -> Frame {
        while true {
            let id = Self.nextID()
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
