/// Sending what is in somebody's buffer, without making a message of it first.
extension SocketCore {
    @usableFromInline
    func send(copying bytes: UnsafeRawBufferPointer) throws(ZeroMQError) {
        if try sendAtOnce(copying: bytes) { return }
        try sendSlowly(Message(copying: bytes), timeout: sendTimeout.value)
    }

    @usableFromInline
    func trySend(copying bytes: UnsafeRawBufferPointer) throws(ZeroMQError) -> Bool {
        try sendAtOnce(copying: bytes)
    }

    /// Sends a message of one frame, if that is possible without waiting.
    @inline(__always)
    private func sendAtOnce(copying bytes: UnsafeRawBufferPointer) throws(ZeroMQError) -> Bool {
        guard sending.pointee.pattern.isBalanced, let base = bytes.baseAddress,
            bytes.count < StreamWriter.smallestReference
        else { return try sendAtOnce(Message(copying: bytes)) }
        enterSender()
        if sending.pointee.isObstructed { try throwObstacle() }
        return leaveSender(
            after: sendBalanced { $0.append(copying: base, count: bytes.count, flags: 0) }
        )
    }

    @inline(never)
    private func throwObstacle() throws(ZeroMQError) {
        let obstacle = sending.pointee.obstacle ?? .socketClosed
        leaveSender()
        throw obstacle
    }
}
