extension ZeroMQError {
    /// The kind of a failure; later versions may add kinds, so a switch needs a default.
    public struct Code: Hashable, Sendable {
        let name: String

        private init(_ name: String) {
            self.name = name
        }
    }
}

extension ZeroMQError.Code: CustomStringConvertible {
    /// The name of the kind, as it is written in code.
    public var description: String { name }
}

// MARK: The course of a call

extension ZeroMQError.Code {
    /// The time allowed for the call has passed. (`EAGAIN`)
    public static let timedOut = Self("timedOut")
    /// The pattern of the socket does not allow this call now. (`EFSM`)
    public static let invalidState = Self("invalidState")
    /// The task of the waiting call was cancelled. A call that sends or receives has done nothing;
    /// of a request `ZeroMQError.wasSent` says whether it was sent.
    public static let cancelled = Self("cancelled")
    /// The socket has been closed. (`ENOTSOCK`)
    public static let socketClosed = Self("socketClosed")
    /// The context has been shut down. (`ETERM`)
    public static let contextShutDown = Self("contextShutDown")
    /// The context was made before `fork`, in the parent of this process.
    public static let processForked = Self("processForked")
    /// A socket of this type cannot do this at all. (`ENOTSUP`)
    public static let unsupportedOperation = Self("unsupportedOperation")
}

// MARK: Messages and peers

extension ZeroMQError.Code {
    /// No peer has the routing id of the message, or it cannot be reached. (`EHOSTUNREACH`)
    public static let hostUnreachable = Self("hostUnreachable")
    /// There is no connection to do this with. (`ENOTCONN`)
    public static let notConnected = Self("notConnected")
    /// A server has refused this socket's credentials; see `SocketOptions.throwsWhenRefused`.
    public static let authenticationRefused = Self("authenticationRefused")
    /// The message has a form that this socket cannot send. (`EINVAL`)
    public static let invalidMessage = Self("invalidMessage")
}

// MARK: Endpoints

extension ZeroMQError.Code {
    /// The text is no endpoint, or the endpoint does not fit the call. (`EINVAL`)
    public static let invalidEndpoint = Self("invalidEndpoint")
    /// The transport named by the endpoint is not known here. (`EPROTONOSUPPORT`)
    public static let unsupportedTransport = Self("unsupportedTransport")
    /// The transport, or the peer there, does not go with this socket type. (`ENOCOMPATPROTO`)
    public static let incompatibleTransport = Self("incompatibleTransport")
    /// Another socket is bound to the address. (`EADDRINUSE`)
    public static let addressInUse = Self("addressInUse")
    /// This machine has no such address or interface. (`EADDRNOTAVAIL`, `ENODEV`)
    public static let addressNotAvailable = Self("addressNotAvailable")
    /// The system does not allow it to this process. (`EACCES`, `EPERM`)
    public static let permissionDenied = Self("permissionDenied")
    /// An ipc path does not fit into a kernel address. (`ENAMETOOLONG`)
    public static let pathTooLong = Self("pathTooLong")
    /// What the call refers to is not there: a directory, an endpoint, a subscription. (`ENOENT`)
    public static let notFound = Self("notFound")
}

// MARK: Options and the system

extension ZeroMQError.Code {
    /// An option has a value that cannot take effect. (`EINVAL`)
    public static let invalidOption = Self("invalidOption")
    /// A text or a run of bytes is no key. (`EINVAL`)
    public static let invalidKey = Self("invalidKey")
    /// Descriptors, threads or memory have run out. (`EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`)
    public static let resourceExhausted = Self("resourceExhausted")
    /// The system refused for another reason; `systemErrno` says which.
    public static let systemFailure = Self("systemFailure")
}
