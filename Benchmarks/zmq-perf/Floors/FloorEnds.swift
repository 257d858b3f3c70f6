/// Plays one end of a floor: what the machine does when no library is in the way.
struct FloorEnds: CellWork {
    func serve(_ cell: Cell, _ conductor: Conductor) throws {
        switch cell.work {
        case .rawStream: try RawStream.serve(cell, conductor)
        case .rawRequest: try RawRequest.serve(cell, conductor)
        case .rawOneWay: try RawOneWay.serve(cell, conductor)
        case .copy: try MemoryCopy.run(cell, conductor)
        case .ring: try RingFloor.serve(cell, conductor)
        case .wake: try WakeFloor.serve(cell, conductor)
        default: throw PerfFailure("\(cell.work) needs a library")
        }
    }

    func load(_ cell: Cell, _ conductor: Conductor) throws {
        switch cell.work {
        case .rawStream: try RawStream.load(cell, conductor)
        case .rawRequest: try RawRequest.load(cell, conductor)
        case .rawOneWay: try RawOneWay.load(cell, conductor)
        case .copy: try MemoryCopy.accompany(conductor)
        case .ring: try RingFloor.load(cell, conductor)
        case .wake: try WakeFloor.load(cell, conductor)
        default: throw PerfFailure("\(cell.work) needs a library")
        }
    }

    func shutDown() {}
}
