import Glibc
import ZeroMQ

extension Island {
    /// One end is closed before the other has read all: accepted is received, or dropped and
    /// counted.
    func books(_ dice: inout Dice) throws -> Int {
        let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
        try meet([pull], [push], leftBinds: dice.once(in: 2))
        try during("waits for a peer") {
            try push.waitForPeers(atLeast: 1, timeout: Self.patience)
        }
        let ledger = Ledger()
        ledger.senderBegins()
        var (bytes, number): (Int, UInt64) = (0, 0)
        while bytes < bytesPerSender, number < 20_000 {
            let message = payload.message(Payload.Origin(sender: 1, number: number))
            guard try push.trySend(message) else { break }
            bytes += message.reduce(0) { $0 + $1.count }
            ledger.noteSent(1)
            number += 1
        }
        // Over a network, what the system has taken for a socket that closes is in nobody's books.
        if transport == .inproc, dice.once(in: 2) {
            try closeReader(pull, push, ledger, most: dice.number(0...50))
        } else {
            let pause = dice.number(0...20)
            try closeWriter(push, pull, ledger, dice.pick([nil, .milliseconds(pause)]))
        }
        return ledger.received
    }

    private func closeWriter(
        _ push: PushSocket,
        _ pull: PullSocket,
        _ ledger: Ledger,
        _ time: Duration?
    ) throws {
        let unsent = close(push, linger: time.map { .wait(upTo: $0) } ?? .discard)
        let dropped = push.statistics.dropped
        let isExact = dropped == (unsent == 0 ? [:] : [.lingerExpired: unsent])
        try expect(isExact, "\(unsent) unsent, counted as dropped \(dropped)")
        ledger.noteDropped(unsent)
        ledger.senderEnds()
        try receive(pull, ledger, by: .waiting, inOrder: true)
        try ledger.close()
        try closeReceiver(pull)
    }

    private func closeReader(
        _ pull: PullSocket,
        _ push: PushSocket,
        _ ledger: Ledger,
        most: Int
    ) throws {
        var order = OrderCheck()
        for _ in 0..<most {
            guard let message = try pull.tryReceive() else { break }
            let origin = try payload.origin(of: message)
            try ledger.noteReceived(origin)
            try order.note(origin)
        }
        _ = close(pull, linger: .discard)
        _ = close(push, linger: .discard)
        for socket in [pull.statistics, push.statistics] {
            ledger.noteDropped(socket.dropped.values.reduce(0, +))
        }
        ledger.senderEnds()
        try ledger.close()
    }

    // MARK: At any moment

    /// PUSH sockets lose and find their endpoints, have their marks changed, and are closed, or
    /// their context shut down, in the middle of sending. What was accepted is received or counted.
    func churning(_ dice: inout Dice) throws -> Int {
        // Sockets of different contexts do not meet inside a process.
        let theirs = transport == .inproc ? context : Context(ioThreads: dice.number(1...2))
        let pulls = (0..<dice.number(1...2)).map { _ in PullSocket(context: context) }
        let pushes = (0..<dice.number(1...3)).map { _ in PushSocket(context: theirs) }
        for push in pushes { prepare(push, binds: false) }
        let places = try pulls.enumerated().map { number, pull in
            prepare(pull, binds: true)
            let place = try pull.bind(endpoint(number))
            for push in pushes { try push.connect(place) }
            return place
        }
        let pause = dice.number(0...20)
        for push in pushes {
            push.linger = dice.pick([.discard, .wait(upTo: .milliseconds(pause))])
        }
        let ledger = Ledger()
        ledger.senderBegins()
        let (senders, receivers) = (Crew(), Crew())
        for (index, push) in pushes.enumerated() {
            for sender in 0..<dice.number(1...2) {
                let name = UInt32(index * 10 + sender + 1)
                try start(senders, sending: push, as: name, ledger, dice.pick(Style.allCases))
            }
            let choices = dice.next()
            try senders.start("who stirs socket \(index)") {
                try stir(push, places, Dice(seed: choices))
            }
        }
        for pull in pulls {
            try start(receivers, receiving: pull, ledger, dice.pick(Style.allCases), inOrder: false)
        }
        usleep(UInt32(dice.number(0...600_000)))
        let shutsDown = transport != .inproc && dice.once(in: 2)
        if shutsDown { during("shuts the senders' context down") { theirs.shutDown() } }
        for push in pushes { _ = during("closes a socket") { push.close() } }
        senders.join()
        for push in pushes { ledger.noteDropped(push.statistics.dropped.values.reduce(0, +)) }
        ledger.senderEnds()
        receivers.join()
        try ledger.close()
        for pull in pulls { try closeReceiver(pull) }
        if transport != .inproc { during("shuts the senders' context down") { theirs.shutDown() } }
        return ledger.received
    }

    /// Does to a socket whatever may be done while others send, until it is closed.
    private func stir(_ push: PushSocket, _ places: [Endpoint], _ dice: Dice) throws {
        var dice = dice
        while true {
            do {
                let place = dice.pick(places)
                switch dice.number(0...4) {
                case 0, 1:
                    try during("disconnects") { try push.disconnect(place) }
                    usleep(UInt32(dice.number(0...2000)))
                    try during("connects") { try push.connect(place) }
                case 2: push.sendHighWaterMark = dice.pick([1, 2, 50, 1000])
                case 3: _ = during("asks for statistics") { push.statistics }
                default: _ = try arrives { try push.flush(timeout: .milliseconds(2)) }
                }
                usleep(UInt32(dice.number(0...5000)))
            } catch let error as ZeroMQError where error.isTheEnd {
                return
            } catch let error as ZeroMQError where error.code == .notFound {
                // The endpoints of a socket that is being closed go before it says that it is.
            }
            // Options and statistics do not tell of the end.
            if isOver { return }
        }
    }
}
