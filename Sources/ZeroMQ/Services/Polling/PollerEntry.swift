/// One socket or descriptor that a poller waits for.
final class PollerEntry {
    enum Subject {
        case socket(any Socket)
        case descriptor(Int32)
    }

    typealias Handler = (Poller.Readiness) throws -> Void

    let token: Poller.Token
    let subject: Subject
    var interest: Poller.Readiness
    let handler: Handler?
    private var receiveTicket: WaiterQueue.Ticket?
    private var sendTicket: WaiterQueue.Ticket?

    init(
        _ token: Poller.Token,
        _ subject: Subject,
        _ interest: Poller.Readiness,
        _ handler: Handler?
    ) {
        self.token = token
        self.subject = subject
        self.interest = interest
        self.handler = handler
        core?.context.addFollower()
    }

    deinit { core?.context.removeFollower() }

    private var core: SocketCore? {
        if case .socket(let socket) = subject { socket.handle.core } else { nil }
    }

    /// Whether the socket is ready. If it is not, it has promised to tell, and is armed.
    func look(_ mailbox: PollerMailbox) -> (Poller.Readiness, isArmed: Bool) {
        guard let core else { return ([], true) }
        var readiness: Poller.Readiness = []
        var isArmed = true
        let number = token.number
        if interest.contains(.readable), receiveTicket == nil {
            let waiter = Waiter.callback { mailbox.post(number, .receiving) }
            switch core.readableOrWait(waiter) {
            case .done: readiness.insert(.readable)
            case .waiting(let ticket): receiveTicket = ticket
            case .refused, .unfinished: break
            }
            isArmed = receiveTicket != nil
        }
        if interest.contains(.writable), sendTicket == nil {
            let waiter = Waiter.callback { mailbox.post(number, .sending) }
            switch core.writableOrWait(waiter) {
            case .done: readiness.insert(.writable)
            case .waiting(let ticket): sendTicket = ticket
            case .refused, .unfinished: break
            }
            if sendTicket == nil { isArmed = false }
        }
        return (readiness, isArmed)
    }

    /// The socket has kept its promise.
    func disarm(_ side: PollerMailbox.Side) {
        switch side {
        case .receiving: receiveTicket = nil
        case .sending: sendTicket = nil
        }
    }

    /// Takes the promises back.
    func withdraw() {
        if let receiveTicket { core?.withdrawReceiver(receiveTicket) }
        if let sendTicket { core?.withdrawSender(sendTicket) }
        (receiveTicket, sendTicket) = (nil, nil)
    }
}
