import ZeroMQ

extension Island {
    /// Tasks that are cancelled while they send and receive: what they did counts, and no more.
    func cancelling(_ dice: inout Dice) throws -> Int {
        let ledger = Ledger()
        let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
        try meet([pull], [push], leftBinds: dice.once(in: 2))
        let (senders, receivers) = (Crew(), Crew())
        ledger.senderBegins()
        for sender in 1...UInt32(dice.number(1...3)) {
            let delay = dice.number(0...300)
            senders.startTask("sender \(sender), cancelling") {
                try await sendCancelling(push, as: sender, ledger, delay)
            }
        }
        for _ in 0..<dice.number(1...2) {
            let delay = dice.number(0...300)
            receivers.startTask("receiver, cancelling") {
                try await receiveCancelling(pull, ledger, delay)
            }
        }
        senders.join()
        try closeSender(push, flushes: true)
        ledger.senderEnds()
        receivers.join()
        try ledger.close()
        try closeReceiver(pull)
        return ledger.received
    }

    private func sendCancelling(
        _ push: PushSocket,
        as sender: UInt32,
        _ ledger: Ledger,
        _ delay: Int
    ) async throws {
        var (bytes, number): (Int, UInt64) = (0, 0)
        while mayGoOn(bytes, number) {
            let message = payload.message(Payload.Origin(sender: sender, number: number))
            bytes += message.reduce(0) { $0 + $1.count }
            ledger.noteSent(sender)
            let sending = Task { try await push.send(message) }
            if number % 4 == 3 { try await cancel(sending, after: delay) }
            do {
                try await during("sends number", number) { try await sending.value }
                number += 1
            } catch let error as ZeroMQError where error.code == .cancelled {
                ledger.takeBack(sender)
                guard !isOver else { return }
            }
        }
    }

    private func receiveCancelling(
        _ pull: PullSocket,
        _ ledger: Ledger,
        _ delay: Int
    ) async throws {
        var progress = Progress()
        var turn = 0
        while true {
            let receiving = Task { try await pull.receive(timeout: Self.pause) }
            turn += 1
            if turn % 4 == 3 { try await cancel(receiving, after: delay) }
            do {
                let message = try await during("receives behind", UInt64(ledger.received)) {
                    try await receiving.value
                }
                try ledger.noteReceived(payload.origin(of: message))
            } catch let error as ZeroMQError
                where error.code == .timedOut || error.code == .cancelled
            {
                if try progress.isOver(ledger) { return }
            }
        }
    }

    private func cancel<Value>(_ task: Task<Value, any Error>, after delay: Int) async throws {
        if delay > 100 { try await Task.sleep(for: .microseconds(delay)) }
        task.cancel()
    }
}
