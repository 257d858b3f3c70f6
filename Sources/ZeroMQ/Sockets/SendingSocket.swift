internal import ZeroMQReactor

/// A socket that can send.
///
/// Any number of threads may send at the same time; messages never mix.
public protocol SendingSocket: Socket {}

extension SendingSocket {
    /// How many messages may be queued for one peer before sending waits or drops.
    ///
    /// C: `ZMQ_SNDHWM`. Messages. Default 1000. Takes effect at once, for peers that are there and
    /// those that come: with a higher mark a waiting `send` goes on, and under a lower one nothing
    /// is lost that is queued already. Over inproc both sides' marks add up. A negative count
    /// changes no queue and is refused by the next bind or connect.
    public var sendHighWaterMark: Limit {
        get { handle.core.life.withLock { $0.sendHighWaterMark } }
        set { handle.core.setSendMark(newValue) }
    }

    /// How long `send` waits for room before it throws `timedOut`; nil is no limit.
    ///
    /// C: `ZMQ_SNDTIMEO`. Default nil. Read by every call.
    public var sendTimeout: Duration? {
        get { handle.core.sendTimeout.value }
        set { handle.core.sendTimeout.value = newValue }
    }

    /// Sends a message whole; waits while there is no room for it.
    ///
    /// C: `zmq_msg_send`, `zmq_send`.
    /// - Throws: `timedOut` after `sendTimeout`, and then nothing was sent; `socketClosed`,
    ///   `contextShutDown`; `invalidState`, `invalidMessage`, `hostUnreachable` as the type says.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    @inlinable
    public func send(_ message: Message) throws(ZeroMQError) {
        try handle.core.send(message)
    }

    /// Sends a message whole; waits while there is no room for it, at most as long as `timeout`.
    /// - Throws: `timedOut` after `timeout`, and then nothing was sent; otherwise as `send(_:)`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    @inlinable
    public func send(_ message: Message, timeout: Duration) throws(ZeroMQError) {
        try handle.core.send(message, timeout: timeout)
    }

    /// Sends a message if that is possible without waiting. False if not.
    ///
    /// C: `ZMQ_DONTWAIT`.
    /// - Throws: as `send(_:)`, but never `timedOut`.
    @inlinable
    public func trySend(_ message: Message) throws(ZeroMQError) -> Bool {
        try handle.core.trySend(message)
    }

    /// Sends a message of one frame with a copy of `bytes`; waits while there is no room for it.
    ///
    /// The bytes go straight into the queue of a peer. For what is in a buffer already this is
    /// the quickest way to send it, up to 32 KiB; beyond that, `Message(consuming:)` spares a copy.
    ///
    /// C: `zmq_send`.
    /// - Throws: as `send(_:)`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    @inlinable
    public func send(copying bytes: UnsafeRawBufferPointer) throws(ZeroMQError) {
        try handle.core.send(copying: bytes)
    }

    /// Sends a message of one frame with a copy of `bytes`; waits while there is no room for it.
    /// - Throws: as `send(_:)`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    @inlinable
    public func send(copying bytes: RawSpan) throws(ZeroMQError) {
        try bytes.withUnsafeBytes { (buffer) throws(ZeroMQError) in
            try handle.core.send(copying: buffer)
        }
    }

    /// Sends a message of one frame with a copy of `bytes` if that is possible without waiting.
    /// False if not.
    /// - Throws: as `send(_:)`, but never `timedOut`.
    @inlinable
    public func trySend(copying bytes: UnsafeRawBufferPointer) throws(ZeroMQError) -> Bool {
        try handle.core.trySend(copying: bytes)
    }

    /// Sends a message of one frame with a copy of `bytes` if that is possible without waiting.
    /// False if not.
    /// - Throws: as `send(_:)`, but never `timedOut`.
    @inlinable
    public func trySend(copying bytes: RawSpan) throws(ZeroMQError) -> Bool {
        try bytes.withUnsafeBytes { (buffer) throws(ZeroMQError) in
            try handle.core.trySend(copying: buffer)
        }
    }

    /// Waits until every message accepted so far is out of this socket's hands.
    ///
    /// A message is out of its hands when the system has all of it, or the socket at the other end
    /// of inproc has taken it. That the peer's program has received it is more than anybody here
    /// can know.
    /// - Throws: `timedOut`, `socketClosed`, `contextShutDown`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func flush(timeout: Duration? = nil) throws(ZeroMQError) {
        try handle.core.flush(patience: Patience(timeout))
    }
}
