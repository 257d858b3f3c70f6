/// A bound on a count of messages or bytes. An integer literal is a limit: `1000`.
public enum Limit: Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// No bound.
    case unlimited
    /// At most this many.
    case count(Int)

    /// At most as many as the literal says.
    public init(integerLiteral value: Int) {
        self = .count(value)
    }
}

extension Limit: CustomStringConvertible {
    /// The number, or the word "unlimited".
    public var description: String {
        switch self {
        case .unlimited: "unlimited"
        case .count(let count): "\(count)"
        }
    }
}
