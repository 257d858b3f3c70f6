/// Sending to a peer by name, with the name beside the message instead of in front of it.
extension RouterSocket {
    /// Sends a message to the peer with this routing id; waits as `isMandatory` says.
    ///
    /// The same as sending `routingID` as the first frame, without a new message for it.
    /// - Throws: as `send(_:)`; `hostUnreachable` if nobody has that id and `isMandatory` is set.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func send(_ message: Message, to routingID: Frame) throws(ZeroMQError) {
        try send(Message(frames: CollectionOfOne(routingID) + message))
    }

    /// Sends a message to the peer with this routing id; suspends as `isMandatory` says.
    /// - Throws: as the blocking form; `cancelled`.
    public func send(_ message: Message, to routingID: Frame) async throws(ZeroMQError) {
        try await send(Message(frames: CollectionOfOne(routingID) + message))
    }

    /// Sends a message of one frame, a copy of `bytes`, to the peer with this routing id.
    ///
    /// The bytes go straight into the queue of the peer.
    /// - Throws: as `send(_:to:)`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func send(
        copying bytes: UnsafeRawBufferPointer,
        to routingID: Frame
    ) throws(ZeroMQError) {
        if handle.core.sendRouted(copying: bytes, to: routingID) { return }
        try send([routingID, Frame(copying: bytes)])
    }

    /// Sends a message of one frame, a copy of `bytes`, to the peer with this routing id.
    /// - Throws: as `send(_:to:)`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func send(copying bytes: RawSpan, to routingID: Frame) throws(ZeroMQError) {
        try bytes.withUnsafeBytes { (buffer) throws(ZeroMQError) in
            try send(copying: buffer, to: routingID)
        }
    }

    /// Sends a message of one frame, a copy of `bytes`, to the peer with this routing id; suspends
    /// as `isMandatory` says.
    /// - Throws: as `send(_:to:)`; `cancelled`.
    public func send(
        copying bytes: UnsafeRawBufferPointer,
        to routingID: Frame
    ) async throws(ZeroMQError) {
        if !Task.isCancelled, handle.core.sendRouted(copying: bytes, to: routingID) { return }
        try await send([routingID, Frame(copying: bytes)])
    }

    /// Sends a message of one frame, a copy of `bytes`, to the peer with this routing id; suspends
    /// as `isMandatory` says.
    /// - Throws: as `send(_:to:)`; `cancelled`.
    public func send(copying bytes: RawSpan, to routingID: Frame) async throws(ZeroMQError) {
        let isSent = bytes.withUnsafeBytes { buffer in
            !Task.isCancelled && handle.core.sendRouted(copying: buffer, to: routingID)
        }
        if isSent { return }
        let frame = bytes.withUnsafeBytes { Frame(copying: $0) }
        try await send([routingID, frame])
    }
}
