/// What a proxy has moved so far.
public struct ProxyStatistics: Hashable, Sendable {
    /// Messages and their bytes.
    public struct Count: Hashable, Sendable {
        /// Whole messages.
        public var messages = 0
        /// Bytes of all their frames.
        public var bytes = 0

        /// Nothing yet.
        public init() {}
    }

    /// What was received from the frontend.
    public var fromFrontend = Count()
    /// What was sent to the backend.
    public var toBackend = Count()
    /// What was received from the backend.
    public var fromBackend = Count()
    /// What was sent to the frontend.
    public var toFrontend = Count()
    /// Messages that the other side could not deliver at all.
    public var rejected = 0

    /// Nothing yet.
    public init() {}
}
