/// How a `RequestClient` knows to which request a reply belongs.
public enum RequestMatching: Hashable, Sendable {
    /// By an id in a frame before the empty one, which the reply brings back.
    ///
    /// REP returns it by itself, and so does every ROUTER that returns all frames up to the empty
    /// one, as RFC 28 asks. Servers may answer in any order.
    case id
    /// By the order in which each connection's requests were sent.
    ///
    /// Requests travel as an empty frame and the message, which is what servers expect that count
    /// frames. The server has to answer each request of a connection once, in order, as REP does.
    case order
}

/// Whether a `RequestClient` may send a request again that a server may have received.
///
/// One that certainly was not sent is sent again in any case, as long as there is time.
public struct RequestRetry: Hashable, Sendable {
    /// How often the request is sent at most.
    public let attempts: Int
    /// How long each attempt but the last waits for its reply; nil is the whole time divided by the
    /// number of attempts.
    public let patience: Duration?

    /// The request is sent once: carrying it out twice could do harm.
    public static let never = RequestRetry(attempts: 1, patience: nil)

    /// The request is idempotent: it is sent up to `attempts` times, if a reply does not come
    /// within `patience` or the connection is lost, to another server if there is one.
    public static func idempotent(
        attempts: Int = 3,
        patience: Duration? = nil
    ) -> RequestRetry {
        RequestRetry(attempts: max(1, attempts), patience: patience)
    }
}

/// What a `RequestClient` has done so far, and what it has at hand.
public struct RequestStatistics: Hashable, Sendable {
    /// Nothing done yet.
    public init() {}

    /// Requests that are under way now.
    public var underWay = 0
    /// Requests that were answered.
    public var answered = 0
    /// Requests that failed or were given up.
    public var failed = 0
    /// How often a request was sent again.
    public var retries = 0
    /// Replies to requests that nobody waited for any more.
    public var lateReplies = 0
    /// Messages that were no replies.
    public var malformed = 0
}
