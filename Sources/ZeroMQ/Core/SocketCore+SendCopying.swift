/// Sending from a caller's buffer, without building a message first.
extension SocketCore {
    @usableFromInline
    func send(copying bytes: UnsafeRawBufferPointer) throws(ZeroMQError) {
        if sendInTurn(copying: bytes) { return }
        let message = Message(copying: bytes)
        if try sendAtOnce(message) { return }
        try sendSlowly(message, timeout: sendTimeout.value)
    }

    @usableFromInline
    func trySend(copying bytes: UnsafeRawBufferPointer) throws(ZeroMQError) -> Bool {
        if sendInTurn(copying: bytes) { return true }
        return try trySendAtOnce(Message(copying: bytes))
    }

    @inline(__always)
    private func sendInTurn(copying bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress, bytes.count < StreamWriter.smallestReference else {
            return false
        }
        return sendInTurn {
            $0.append(copying: base, count: bytes.count, flags: 0)
            return true
        }
    }

    /// Sends to the peer with this routing id. Returns false, having sent nothing, if there is no
    /// such peer or it has no room.
    func sendRouted(copying bytes: UnsafeRawBufferPointer, to id: Frame) -> Bool {
        guard sendPattern == .route, let base = bytes.baseAddress,
            bytes.count < StreamWriter.smallestReference
        else { return false }
        enterSender()
        guard !sending.pointee.isObstructed, let lane = sending.pointee.routes[id],
            lane.writer.pointee.hasRoom()
        else {
            leaveSender()
            return false
        }
        lane.writer.pointee.begin()
        lane.writer.pointee.append(copying: base, count: bytes.count, flags: 0)
        let outcome = publish(on: lane)
        leaveSender()
        follow(outcome)
        return true
    }
}
