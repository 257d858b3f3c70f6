internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Where errors of the inner layers become the public one.
extension ZeroMQError {
    static let socketClosed = ZeroMQError(.socketClosed, "the socket is closed")
    static let contextShutDown = ZeroMQError(
        .contextShutDown,
        "the context has been shut down"
    )

    static let processForked = ZeroMQError(
        .processForked,
        "the context belongs to the process that this one was forked from",
        hint: "make a new context in the child, or fork before the first one is made"
    )

    static func unsupported(_ verb: String, on kind: SocketKind) -> ZeroMQError {
        ZeroMQError(.unsupportedOperation, "a \(kind.wireName) socket cannot \(verb)")
    }

    /// A listener whose address the system does not tell: nobody could be told where to connect.
    static func unreadableAddress(_ endpoint: Endpoint) -> ZeroMQError {
        ZeroMQError(
            .systemFailure,
            "the system does not tell the port on which the socket would listen",
            endpoint: endpoint,
            hint: "name a port instead of leaving the choice to the system"
        )
    }

    static func invalidMessage(_ sentence: String) -> ZeroMQError {
        ZeroMQError(.invalidMessage, sentence)
    }

    static func invalidEndpoint(_ sentence: String, _ endpoint: Endpoint) -> ZeroMQError {
        ZeroMQError(.invalidEndpoint, sentence, endpoint: endpoint)
    }

    init(
        _ code: Code,
        _ message: String,
        system error: SystemError,
        endpoint: Endpoint? = nil,
        hint: String? = nil
    ) {
        self.init(
            code,
            "\(message): \(error)",
            endpoint: endpoint,
            systemErrno: error.errno,
            hint: hint
        )
    }

    /// A bind that the system refused.
    init(binding endpoint: Endpoint, _ error: SystemError) {
        switch error {
        case .addressInUse:
            self.init(
                .addressInUse,
                "another socket listens there",
                system: error,
                endpoint: endpoint,
                hint: "port 0 or * lets the system choose a free one"
            )
        case .addressNotAvailable, .noSuchDevice:
            self.init(
                .addressNotAvailable,
                "this machine does not have the address or the interface",
                system: error,
                endpoint: endpoint,
                hint: "* listens on every address that the machine has"
            )
        case .notPermitted, .operationNotPermitted, .readOnlyFileSystem:
            self.init(
                .permissionDenied,
                "listening there is not allowed",
                system: error,
                endpoint: endpoint,
                hint: "ports below 1024 and foreign directories need rights"
            )
        case .noSuchFile, .notADirectory:
            self.init(
                .notFound,
                "the directory of the path does not exist",
                system: error,
                endpoint: endpoint,
                hint: "bind makes the file, not the directories above it"
            )
        case .nameTooLong:
            self.init(
                .pathTooLong,
                "the path is too long",
                system: error,
                endpoint: endpoint,
                hint: "choose a shorter one"
            )
        case _ where error.isShortage:
            self.init(
                .resourceExhausted,
                "descriptors have run out",
                system: error,
                endpoint: endpoint,
                hint: "raise the limit on open files, ulimit -n"
            )
        default:
            self.init(.systemFailure, "listening failed", system: error, endpoint: endpoint)
        }
    }
}
