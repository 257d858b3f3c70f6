internal import ZeroMQReactor

/// A socket that can receive.
///
/// Any number of threads may receive at the same time; each message goes to one of them.
public protocol ReceivingSocket: Socket {}

extension ReceivingSocket {
    /// How many messages of one peer may be queued here before its sending has to wait.
    ///
    /// C: `ZMQ_RCVHWM`. Messages. Default 1000. Takes effect at once, for peers that are there and
    /// those that come; what is queued already stays. Over inproc both sides' marks add up. A
    /// negative count changes no queue and is refused by the next bind or connect.
    public var receiveHighWaterMark: Limit {
        get { handle.core.life.withLock { $0.receiveHighWaterMark } }
        set { handle.core.setReceiveMark(newValue) }
    }

    /// How long `receive` waits for a message before it throws `timedOut`; nil is no limit.
    ///
    /// C: `ZMQ_RCVTIMEO`. Default nil. Read by every call.
    public var receiveTimeout: Duration? {
        get { handle.core.receiveTimeout.value }
        set { handle.core.receiveTimeout.value = newValue }
    }

    /// Whether received messages carry what is known of their peers, as `Message.metadata`.
    ///
    /// Default false: it costs an allocation for each message. Takes effect with the next message.
    public var describesMessages: Bool {
        get { handle.core.withReceiver { $0.describesMessages } }
        set { handle.core.withReceiver { $0.describesMessages = newValue } }
    }

    /// Takes the next message; waits for one if there is none.
    ///
    /// C: `zmq_msg_recv`, `zmq_recv`.
    /// - Throws: `timedOut` after `receiveTimeout`; `socketClosed`, `contextShutDown`;
    ///   `invalidState` where the type demands that a send comes first.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    @inlinable
    public func receive() throws(ZeroMQError) -> Message {
        try handle.core.receive()
    }

    /// Takes the next message; waits for one at most as long as `timeout`.
    /// - Throws: `timedOut` after `timeout`; otherwise as `receive()`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    @inlinable
    public func receive(timeout: Duration) throws(ZeroMQError) -> Message {
        try handle.core.receive(timeout: timeout)
    }

    /// Takes the next message if there is one.
    ///
    /// C: `ZMQ_DONTWAIT`.
    /// - Throws: as `receive()`, but never `timedOut`.
    @inlinable
    public func tryReceive() throws(ZeroMQError) -> Message? {
        try handle.core.tryReceive()
    }

    /// Takes the next message into one that is not needed any more; waits if there is none.
    ///
    /// The bytes go where those of `message` were, if nothing else refers to them: a loop that
    /// receives into the same variable allocates no memory for messages of one frame. What
    /// `message` holds after an error is not specified.
    ///
    /// C: `zmq_msg_recv`.
    /// - Throws: as `receive()`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    @inlinable
    public func receive(into message: inout Message) throws(ZeroMQError) {
        try handle.core.receive(into: &message)
    }

    /// Takes the next message into one that is not needed any more; waits at most as long as
    /// `timeout`.
    /// - Throws: `timedOut` after `timeout`; otherwise as `receive()`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    @inlinable
    public func receive(into message: inout Message, timeout: Duration) throws(ZeroMQError) {
        try handle.core.receive(into: &message, timeout: timeout)
    }

    /// Takes the next message, if there is one, into one that is not needed any more. False if
    /// there is none; what `message` holds is not specified then.
    /// - Throws: as `receive()`, but never `timedOut`.
    @inlinable
    public func tryReceive(into message: inout Message) throws(ZeroMQError) -> Bool {
        try handle.core.tryReceive(into: &message)
    }
}
