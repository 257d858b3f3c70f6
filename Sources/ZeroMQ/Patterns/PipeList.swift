/// All pipes attached to the sending side of a socket, in no order.
///
/// Retains every pipe in the list. All operations take constant time: ten thousand peers may come
/// and go at once.
struct PipeList {
    private(set) var pipes: [SocketPipe] = []

    var isEmpty: Bool { pipes.isEmpty }

    mutating func add(_ pipe: SocketPipe) {
        precondition(pipe.listIndex < 0, "a pipe is attached once")
        pipe.listIndex = pipes.count
        pipes.append(pipe)
    }

    mutating func remove(_ pipe: SocketPipe) {
        let last = pipes.removeLast()
        if last !== pipe {
            pipes[pipe.listIndex] = last
            last.listIndex = pipe.listIndex
        }
        pipe.listIndex = -1
    }

    func contains(_ pipe: SocketPipe) -> Bool { pipe.listIndex >= 0 }
}
