import ZeroMQ

extension Island {
    /// PUSH and PULL, several of each: everything arrives once, and in order on a connection.
    func pipeline(_ dice: inout Dice) throws -> Int {
        let ledger = Ledger()
        let pulls = (0..<dice.number(1...2)).map { _ in PullSocket(context: context) }
        let pushes = (0..<dice.number(1...3)).map { _ in PushSocket(context: context) }
        try meet(pulls, pushes, leftBinds: dice.once(in: 2))
        let (senders, receivers) = (Crew(), Crew())
        ledger.senderBegins()
        var identifier: UInt32 = 0
        for push in pushes {
            for _ in 0..<dice.number(1...2) {
                identifier += 1
                try start(senders, sending: push, as: identifier, ledger, dice.pick(Style.allCases))
            }
        }
        for pull in pulls {
            let count = dice.number(1...2)
            for _ in 0..<count {
                let style = dice.pick(Style.allCases)
                try start(receivers, receiving: pull, ledger, style, inOrder: count == 1)
            }
        }
        senders.join()
        let sent = pushes.reduce(0) { $0 + $1.statistics.messagesSent }
        try expect(sent == ledger.sent, "\(sent) counted as sent instead of \(ledger.sent)")
        let flushes = dice.once(in: 2)
        for push in pushes { try closeSender(push, flushes: flushes) }
        ledger.senderEnds()
        receivers.join()
        try ledger.close()
        for pull in pulls { try closeReceiver(pull) }
        return ledger.received
    }

    /// Connects every socket of one side with every one of the other.
    func meet(_ left: [some Socket], _ right: [some Socket], leftBinds: Bool) throws {
        for socket in left { prepare(socket, binds: leftBinds) }
        for socket in right { prepare(socket, binds: !leftBinds) }
        if leftBinds {
            for (number, socket) in left.enumerated() {
                let bound = try socket.bind(endpoint(number))
                for other in right { try other.connect(bound) }
            }
        } else {
            for (number, socket) in right.enumerated() {
                let bound = try socket.bind(endpoint(number))
                for other in left { try other.connect(bound) }
            }
        }
    }

    /// Everything that was accepted leaves.
    func closeSender(_ socket: some SendingSocket, flushes: Bool) throws {
        if flushes { try during("flushes") { try socket.flush(timeout: Self.patience) } }
        let unsent = close(socket, linger: .wait(upTo: Self.patience))
        try expect(unsent == 0, "\(unsent) messages were not sent within the time to linger")
        let dropped = socket.statistics.dropped
        try expect(dropped.isEmpty, "dropped \(dropped)")
    }

    /// There is nothing that was not received.
    func closeReceiver(_ socket: some ReceivingSocket) throws {
        try expect(try socket.tryReceive() == nil, "there is a message too many")
        _ = close(socket, linger: .wait(upTo: Self.patience))
    }

    func close(_ socket: some Socket, linger: Linger) -> Int {
        during("closes a socket") { socket.close(linger: linger) }
    }
}
