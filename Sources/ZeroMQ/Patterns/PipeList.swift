/// The pipes attached to the sending side of a socket, in order of arrival.
struct PipeList {
    private(set) var pipes: [SocketPipe] = []

    var isEmpty: Bool { pipes.isEmpty }
    var count: Int { pipes.count }

    mutating func add(_ pipe: SocketPipe) { pipes.append(pipe) }

    /// Takes a pipe out. False if it was not there.
    @discardableResult
    mutating func remove(_ pipe: SocketPipe) -> Bool {
        guard let index = pipes.firstIndex(where: { $0 === pipe }) else { return false }
        pipes.remove(at: index)
        return true
    }

    func contains(_ pipe: SocketPipe) -> Bool { pipes.contains { $0 === pipe } }

    mutating func removeAll() -> [SocketPipe] {
        defer { pipes = [] }
        return pipes
    }
}
