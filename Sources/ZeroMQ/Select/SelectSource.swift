internal import ZeroMQReactor

/// One socket that a select looks at, in one direction.
final class SelectSource<Input: Sendable> {
    enum Direction {
        case receiving
        case sending
    }

    /// What came of looking.
    enum Finding {
        case input(Input)
        /// Nothing is there, and the socket has promised to tell.
        case nothing
        /// There is more to look at than one attempt has time for, or another receiver was quicker.
        case unfinished
        case closed
    }

    let number: Int
    let condition: () -> Bool
    private let socket: any Socket
    private let direction: Direction
    /// Takes what is there; nil if nothing is.
    private let take: () throws(ZeroMQError) -> Input?
    private var ticket: WaiterQueue.Ticket?

    init(
        _ number: Int,
        _ socket: any Socket,
        _ direction: Direction,
        when condition: @escaping () -> Bool,
        take: @escaping () throws(ZeroMQError) -> Input?
    ) {
        self.number = number
        self.socket = socket
        self.direction = direction
        self.condition = condition
        self.take = take
        // A task cannot drive the loop that brings what it waits for.
        core.context.addFollower()
    }

    deinit {
        withdraw()
        core.context.removeFollower()
    }

    var core: SocketCore { socket.handle.core }

    /// Looks, unless the socket has promised to tell and has not told.
    func look(_ mailbox: SelectMailbox<Input>) throws(ZeroMQError) -> Finding {
        guard ticket == nil else { return .nothing }
        do throws(ZeroMQError) {
            if let input = try take() { return .input(input) }
        } catch {
            guard error.code == .socketClosed else { throw error }
            return .closed
        }
        let waiter = Waiter.callback { [number] in mailbox.tell(number) }
        let attempt =
            direction == .receiving ? core.readableOrWait(waiter) : core.writableOrWait(waiter)
        switch attempt {
        case .waiting(let ticket):
            self.ticket = ticket
            return .nothing
        case .done, .unfinished: return .unfinished
        // It is not this socket's turn to send: only a call of its owner can change that.
        case .refused: return .nothing
        }
    }

    /// The socket has kept its promise.
    func disarm() { ticket = nil }

    private func withdraw() {
        guard let ticket else { return }
        switch direction {
        case .receiving: core.withdrawReceiver(ticket)
        case .sending: core.withdrawSender(ticket)
        }
    }
}
