/// Peers by routing id: where ROUTER and STREAM look up the first frame of a message.
///
/// Holds every pipe alive that it lists, beside the lanes: a message finds its way without a
/// reference being counted.
struct RouteTable {
    private var lanes: [Frame: SendLane] = [:]
    private var keepers: [ObjectIdentifier: SocketPipe] = [:]
    /// Generated ids are a zero octet and this counter, which begins at random.
    private var counter = UInt32.random(in: .min ... .max)

    subscript(id: Frame) -> SendLane? { lanes[id] }

    /// Makes an id that no peer has: five octets, the first zero, which a peer may not choose.
    mutating func generateID() -> Frame {
        while true {
            counter &+= 1
            let id = Frame(withUnsafeBytes(of: counter.bigEndian) { [0] + $0 })
            if lanes[id] == nil { return id }
        }
    }

    /// Enters a pipe that is not listed, under a name that no other pipe has.
    mutating func insert(_ pipe: SocketPipe, id: Frame) {
        lanes[id] = SendLane(pipe)
        keepers[ObjectIdentifier(pipe)] = pipe
        pipe.routingID = id
    }

    mutating func remove(_ pipe: SocketPipe) {
        guard let id = pipe.routingID, lanes[id]?.pipe === pipe else { return }
        lanes[id] = nil
        keepers[ObjectIdentifier(pipe)] = nil
        pipe.routingID = nil
    }
}
