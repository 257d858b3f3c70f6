public struct ZeroMQError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        public static let timedOut = Code(name: "timedOut")
        public static let invalidState = Code(name: "invalidState")
        public static let socketClosed = Code(name: "socketClosed")
        public static let contextShutDown = Code(name: "contextShutDown")
        public static let hostUnreachable = Code(name: "hostUnreachable")
        public static let invalidEndpoint = Code(name: "invalidEndpoint")
        public static let unsupportedTransport = Code(name: "unsupportedTransport")
        public static let incompatibleTransport = Code(name: "incompatibleTransport")
        public static let addressInUse = Code(name: "addressInUse")
        public static let addressNotAvailable = Code(name: "addressNotAvailable")
        public static let permissionDenied = Code(name: "permissionDenied")
        public static let pathTooLong = Code(name: "pathTooLong")
        public static let notFound = Code(name: "notFound")
        public static let invalidOption = Code(name: "invalidOption")
        public static let invalidMessage = Code(name: "invalidMessage")
        public static let unsupportedOperation = Code(name: "unsupportedOperation")
        public static let resourceExhausted = Code(name: "resourceExhausted")
        public static let systemFailure = Code(name: "systemFailure")
    }
    public let code: Code
    public let message: String
    public let endpoint: Endpoint?
    public let systemErrno: Int32?
    public let hint: String?
    init(_ code: Code, _ message: String, endpoint: Endpoint? = nil, systemErrno: Int32? = nil, hint: String? = nil) {
        self.code = code; self.message = message; self.endpoint = endpoint; self.systemErrno = systemErrno; self.hint = hint
    }
    public var description: String { "\(code.name): \(message)" + (endpoint.map { " [\($0)]" } ?? "") + (hint.map { " (\($0))" } ?? "") }
}
