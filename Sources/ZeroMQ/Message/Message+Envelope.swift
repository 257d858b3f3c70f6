/// Frames by position, and the envelope that ROUTER, DEALER and REP put around a message.
///
/// What a peer sends decides how many frames a message has. These calls answer nil where a
/// subscript would end the process.
extension Message {
    /// The frame at a position, or nil if the message has none there.
    public func frame(at index: Int) -> Frame? {
        index >= 0 && index < count ? self[index] : nil
    }

    /// Takes the first frame out of the message; nil if there is none.
    public mutating func popFirst() -> Frame? {
        isEmpty ? nil : removeFirst()
    }

    /// Splits the message at its first empty frame, which belongs to neither part.
    ///
    /// The route is what stands before it: the routing ids of those who passed the message on. The
    /// body is what stands after it. Nil if no frame is empty: then there is no envelope.
    ///
    /// RFC 28.
    public func splitEnvelope() -> (route: Message, body: Message)? {
        guard let delimiter = firstIndex(where: \.isEmpty) else { return nil }
        return (
            route: Message(frames: self[..<delimiter]),
            body: Message(frames: self[(delimiter + 1)...])
        )
    }

    /// The frames that an answer to this message begins with: those up to its first empty one, or,
    /// without an envelope, the routing id that a ROUTER put first.
    var returnAddress: Slice<Message> {
        if let delimiter = firstIndex(where: \.isEmpty) { return self[...delimiter] }
        return prefix(1)
    }
}

extension RouterSocket {
    /// Sends an answer to the peer that sent `request`, which this socket has received.
    ///
    /// The answer gets the envelope of the request: all its frames up to the first empty one, as
    /// REP does it. A request without an empty frame, from a DEALER that sends none, is answered to
    /// its first frame, the routing id.
    /// - Throws: as `send(_:)`; `invalidMessage` if `request` has no frame.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func reply(to request: Message, with body: Message) throws(ZeroMQError) {
        try send(answer(to: request, body))
    }

    /// Sends an answer to the peer that sent `request`, suspending the task as `isMandatory` says.
    /// - Throws: as the blocking form; `cancelled`.
    public func reply(to request: Message, with body: Message) async throws(ZeroMQError) {
        try await send(answer(to: request, body))
    }

    private func answer(to request: Message, _ body: Message) throws(ZeroMQError) -> Message {
        let address = request.returnAddress
        guard !address.isEmpty else {
            throw .invalidMessage("a message without frames came from nobody who could be answered")
        }
        return Message(frames: Array(address) + body)
    }
}

extension SendingSocket {
    /// Sends some frames of another message, such as `message[1...]`, as a message.
    /// - Throws: as the form that takes a message.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func send(_ frames: Slice<Message>) throws(ZeroMQError) {
        try send(Message(frames: frames))
    }

    /// Sends some frames of another message, such as `message[1...]`, as a message.
    /// - Throws: as the form that takes a message.
    public func send(_ frames: Slice<Message>) async throws(ZeroMQError) {
        try await send(Message(frames: frames))
    }
}
