/// The lock-step of REP: receive, send, receive, send; and the route back to the requester.
///
///     idle ──request taken──▶ owing ──reply sent──▶ idle
///
/// Guarded by the receive gate, which a sending REP enters as well.
struct ReplyState {
    /// The requester's pipe, and the frames up to the delimiter, which are put before the reply.
    struct Debt {
        let pipe: SocketPipe
        let envelope: [Frame]
    }

    private(set) var debt: Debt?

    mutating func owe(_ pipe: SocketPipe, envelope: [Frame]) {
        debt = Debt(pipe: pipe, envelope: envelope)
    }

    mutating func settle() { debt = nil }
}
