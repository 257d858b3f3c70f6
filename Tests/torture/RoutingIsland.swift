import ZeroMQ

extension Island {
    /// DEALERs and a ROUTER that sends back what comes: all of it, in order, to the right one.
    func routing(_ dice: inout Dice) throws -> Int {
        let router = RouterSocket(context: context)
        router.isMandatory = true
        let dealers = (0..<dice.number(1...4)).map { _ in DealerSocket(context: context) }
        let routerBinds = dice.once(in: 2) || dealers.count > 1
        try meet([router], dealers, leftBinds: routerBinds)
        let (senders, receivers, echo) = (Crew(), Crew(), Crew())
        try echo.start("echo") { try echoAll(router) }
        let ledger = Ledger()
        ledger.senderBegins()
        for (index, dealer) in dealers.enumerated() {
            let sender = UInt32(index + 1)
            try start(senders, sending: dealer, as: sender, ledger, dice.pick(Style.allCases))
            let style = dice.pick(Style.allCases)
            try start(receivers, receiving: dealer, ledger, style, inOrder: true)
        }
        senders.join()
        ledger.senderEnds()
        receivers.join()
        try ledger.close()
        for dealer in dealers { try closeReceiver(dealer) }
        _ = close(router, linger: .discard)
        echo.join()
        return ledger.received
    }

    private func echoAll(_ router: RouterSocket) throws {
        do {
            while true {
                let message = try during("waits for a message", isPatient: true) {
                    try router.receive()
                }
                let origin = try payload.origin(of: message.dropFirst())
                try during("sends back number", origin.number) {
                    try router.send(message, timeout: Self.patience)
                }
            }
        } catch let error as ZeroMQError where error.code == .socketClosed {
        }
    }

    /// PAIR: both ways at once, everything, in order.
    func pairs(_ dice: inout Dice) throws -> Int {
        let (left, right) = (PairSocket(context: context), PairSocket(context: context))
        try meet([left], [right], leftBinds: dice.once(in: 2))
        let ledgers = [Ledger(), Ledger()]
        let (senders, receivers) = (Crew(), Crew())
        for (index, (from, to)) in [(left, right), (right, left)].enumerated() {
            let ledger = ledgers[index]
            ledger.senderBegins()
            try start(senders, sending: from, as: 1, ledger, dice.pick(Style.allCases))
            try start(receivers, receiving: to, ledger, dice.pick(Style.allCases), inOrder: true)
        }
        senders.join()
        for ledger in ledgers { ledger.senderEnds() }
        receivers.join()
        for ledger in ledgers { try ledger.close() }
        for socket in [left, right] { try closeReceiver(socket) }
        return ledgers.reduce(0) { $0 + $1.received }
    }
}
