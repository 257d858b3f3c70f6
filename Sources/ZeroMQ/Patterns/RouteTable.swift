/// Peers by routing id: where ROUTER and STREAM look up the first frame of a message.
struct RouteTable {
    private var pipes: [Frame: SocketPipe] = [:]
    /// Generated ids are a zero octet and this counter, which begins at random.
    private var counter = UInt32.random(in: .min ... .max)

    subscript(id: Frame) -> SocketPipe? { pipes[id] }

    /// Makes an id that no peer has: five octets, the first zero, which a peer may not choose.
    mutating func generateID() -> Frame {
        while true {
            counter &+= 1
            let id = Frame(withUnsafeBytes(of: counter.bigEndian) { [0] + $0 })
            if pipes[id] == nil { return id }
        }
    }

    mutating func insert(_ pipe: SocketPipe, id: Frame) {
        pipes[id] = pipe
        pipe.routingID = id
    }

    mutating func remove(_ pipe: SocketPipe) {
        guard let id = pipe.routingID, pipes[id] === pipe else { return }
        pipes[id] = nil
        pipe.routingID = nil
    }
}
