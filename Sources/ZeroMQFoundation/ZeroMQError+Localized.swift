public import Foundation
public import ZeroMQ

/// `localizedDescription` says what went wrong, also where the error is known as `any Error` only.
extension ZeroMQError: LocalizedError {
    /// The whole error in one line.
    public var errorDescription: String? { description }

    /// What could be done about it, if that is known.
    public var recoverySuggestion: String? { hint }
}
