/// What the bridge uses of swift-service-lifecycle.
public protocol Service: Sendable {
    func run() async throws
}

extension AsyncSequence where Self: Sendable, Element: Sendable {
    public func cancelOnGracefulShutdown() -> Self { self }
}

public func withGracefulShutdownHandler<Value>(
    operation: () async throws -> Value,
    onGracefulShutdown handler: @Sendable @escaping () -> Void
) async rethrows -> Value {
    try await operation()
}
