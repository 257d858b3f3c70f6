internal import ZeroMQReactor

/// A ZeroMQ socket: many connections behind one object, over any transport.
///
/// Sockets may be used from any thread. A socket can bind and connect as many endpoints as wanted,
/// on several transports at once, in any order, before or after its peers exist.
///
/// A socket that is no longer referenced closes by itself; `close` does it in a controlled way.
public protocol Socket: AnyObject, Sendable {
    /// What the socket has inside; opaque.
    var handle: SocketHandle { get }
}

extension Socket {
    /// The context that the socket belongs to.
    public var context: Context { handle.context }

    /// Options that the next bind or connect copies; see `SocketOptions`.
    public var options: SocketOptions {
        get { handle.core.life.withLock { $0.options } }
        set { handle.core.setOptions(newValue) }
    }

    /// How long messages that were not sent yet outlive `close`, `disconnect` and `unbind`.
    ///
    /// C: `ZMQ_LINGER`. Default 30 s. Takes effect at once: it is read when an endpoint closes.
    public var linger: Linger {
        get { handle.core.life.withLock { $0.linger } }
        set { handle.core.life.withLock { $0.linger = newValue } }
    }

    // MARK: Endpoints

    /// Listens at an endpoint and returns it with everything resolved, such as the port.
    ///
    /// C: `zmq_bind`, `ZMQ_LAST_ENDPOINT`.
    /// - Throws: `invalidEndpoint`, `unsupportedTransport`, `addressInUse`, `addressNotAvailable`,
    ///   `permissionDenied`, `pathTooLong`, `invalidOption`, `socketClosed`, `contextShutDown`.
    @discardableResult
    public func bind(_ endpoint: String) throws(ZeroMQError) -> Endpoint {
        try handle.core.bind(Endpoint(endpoint))
    }

    /// Listens at an endpoint and returns it with everything resolved, such as the port.
    /// - Throws: as the form that takes text, without the errors of reading it.
    @discardableResult
    public func bind(_ endpoint: Endpoint) throws(ZeroMQError) -> Endpoint {
        try handle.core.bind(endpoint)
    }

    /// Connects to an endpoint, and again after every loss. The peer need not be there yet.
    ///
    /// Messages can be sent at once: they wait for the connection in the endpoint's queue.
    /// Connecting to the same endpoint twice makes two connections, except that a PUB, SUB, REQ or
    /// DEALER ignores the second call, over inproc apart, until the endpoint is disconnected or
    /// given up: its peer would be taken for two.
    ///
    /// C: `zmq_connect`.
    /// - Throws: `invalidEndpoint`, `unsupportedTransport`, `invalidOption`, `socketClosed`,
    ///   `contextShutDown`. What fails later is reported by `events`.
    public func connect(_ endpoint: String) throws(ZeroMQError) {
        try handle.core.connect(Endpoint(endpoint))
    }

    /// Connects to an endpoint, and again after every loss. The peer need not be there yet.
    /// - Throws: as the form that takes text, without the errors of reading it.
    public func connect(_ endpoint: Endpoint) throws(ZeroMQError) {
        try handle.core.connect(endpoint)
    }

    /// Stops listening at an endpoint, and ends the connections made through it.
    ///
    /// C: `zmq_unbind`. The endpoint is the one that `bind` returned; the one that it was given,
    /// such as `tcp://*:5555`, or another name of the place will do if it names one of the socket's
    /// places only. When it returns, the port, path or name is free, and nothing new goes to those
    /// connections. What is queued for them lingers in the background; what was received stays
    /// readable.
    /// - Throws: `notFound` if the socket is not bound there, or if several places may be meant.
    public func unbind(_ endpoint: Endpoint) throws(ZeroMQError) {
        try handle.core.unbind(endpoint)
    }

    /// Stops listening at an endpoint, and ends the connections made through it.
    /// - Throws: `invalidEndpoint` if the text cannot be read; otherwise as the other form.
    public func unbind(_ endpoint: String) throws(ZeroMQError) {
        try handle.core.unbind(Endpoint(endpoint))
    }

    /// Takes back every connect made with this endpoint. What is queued lingers in the background.
    ///
    /// C: `zmq_disconnect`. When it returns, nothing new goes there. Closing the socket or its
    /// context waits for what lingers, at most as long as `linger` allows.
    /// - Throws: `notFound` if the socket is not connected there.
    public func disconnect(_ endpoint: Endpoint) throws(ZeroMQError) {
        try handle.core.disconnect(endpoint)
    }

    /// Takes back every connect made with this endpoint. What is queued lingers in the background.
    /// - Throws: `invalidEndpoint` if the text cannot be read; otherwise as the other form.
    public func disconnect(_ endpoint: String) throws(ZeroMQError) {
        try handle.core.disconnect(Endpoint(endpoint))
    }

    /// Closes the socket and returns how many messages were not sent.
    ///
    /// Waiting calls throw `socketClosed` at once. What was accepted is sent for as long as
    /// `linger` allows; nil stands for the socket's own `linger`. The call returns when that is
    /// over and all descriptors are closed. Closing again does nothing and returns the same number.
    ///
    /// C: `zmq_close`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    @discardableResult
    public func close(linger: Linger? = nil) -> Int {
        handle.core.close(saying: .socketClosed, linger: linger)
    }

    // MARK: Peers

    /// How many peers have completed their handshake and are connected now.
    public var peerCount: Int { handle.core.connections.count }

    /// Waits until at least `count` peers are connected; nobody has to sleep for that.
    /// - Throws: `timedOut`, `notConnected`, `socketClosed`, `contextShutDown`.
    @available(*, noasync, message: "Blocks its thread. Use 'await', within an async function.")
    public func waitForPeers(
        atLeast count: Int = 1,
        timeout: Duration? = nil
    ) throws(ZeroMQError) {
        let core = handle.core
        try core.connections.wait(
            atLeast: count,
            patience: Patience(timeout),
            context: core.context
        ) { core.life.withLock { $0.abandonment } }
    }

    /// What happens to the socket's endpoints and connections; see `SocketEvent`.
    ///
    /// Each use makes an observer that gets every event: keep it, and ask it again and again. See
    /// `SocketEvents` for where it begins.
    ///
    /// C: `zmq_socket_monitor`.
    public var events: SocketEvents { SocketEvents(core: handle.core) }
}
