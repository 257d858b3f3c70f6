import Glibc
import ZeroMQ

extension Island {
    /// A PUSH leaves one PULL after the other and comes back, under load: nothing is lost.
    func leaving(_ dice: inout Dice) throws -> Int {
        let ledger = Ledger()
        let push = PushSocket(context: context)
        let pulls = (0..<dice.number(2...3)).map { _ in PullSocket(context: context) }
        prepare(push, binds: false)
        push.linger = .wait(upTo: Self.patience)
        var bound: [Endpoint] = []
        for (number, pull) in pulls.enumerated() {
            prepare(pull, binds: true)
            bound.append(try pull.bind(endpoint(number)))
            try push.connect(bound[number])
        }
        let (senders, receivers) = (Crew(), Crew())
        ledger.senderBegins()
        for sender in 1...UInt32(2) {
            try start(senders, sending: push, as: sender, ledger, dice.pick(Style.allCases))
        }
        for pull in pulls {
            // What came over an earlier connection may be taken later.
            try start(receivers, receiving: pull, ledger, dice.pick(Style.allCases), inOrder: false)
        }
        let (pause, choices, places) = (dice.number(100...5000), dice.next(), bound)
        try senders.start("who leaves") {
            var dice = Dice(seed: choices)
            while !isOver {
                let place = dice.pick(places)
                try during("disconnects") { try push.disconnect(place) }
                usleep(UInt32(dice.number(0...pause)))
                try during("connects") { try push.connect(place) }
                usleep(UInt32(dice.number(0...pause)))
            }
        }
        senders.join()
        try closeSender(push, flushes: false)
        ledger.senderEnds()
        receivers.join()
        try ledger.close()
        for pull in pulls { try closeReceiver(pull) }
        return ledger.received
    }

    /// A PULL unbinds and binds again under load: what was under way may be lost, but nothing comes
    /// twice or in pieces, and afterwards everybody is heard again.
    func rebinding(_ dice: inout Dice) throws -> Int {
        let pull = PullSocket(context: context)
        prepare(pull, binds: true)
        let pushes = (0..<dice.number(1...3)).map { _ in PushSocket(context: context) }
        let place = try pull.bind(endpoint())
        for push in pushes {
            prepare(push, binds: false)
            try push.connect(place)
        }
        let (senders, receivers) = (Crew(), Crew())
        let (heard, ledger) = (Heard(), Ledger())
        for (index, push) in pushes.enumerated() {
            let sender = UInt32(index + 1)
            try senders.start("sender \(sender)") {
                try sendUntilHeard(push, as: sender, heard, ledger)
            }
        }
        try receivers.start("receiver") {
            while !heard.hasAll(pushes.count) {
                _ = try arrives {
                    let origin = try payload.origin(of: try pull.receive(timeout: Self.pause))
                    try ledger.noteReceived(origin)
                    heard.note(origin.sender)
                }
            }
        }
        while !isOver {
            try during("unbinds") { try pull.unbind(place) }
            usleep(UInt32(dice.number(0...3000)))
            _ = try during("binds") { try poll { try bindAgain(pull, place) } }
            usleep(UInt32(dice.number(0...20_000)))
        }
        heard.begin()
        receivers.join()
        senders.join()
        for push in pushes { _ = close(push, linger: .discard) }
        _ = close(pull, linger: .discard)
        return ledger.received
    }

    /// Nil if the address is still taken.
    private func bindAgain(_ pull: PullSocket, _ place: Endpoint) throws -> Endpoint? {
        do {
            return try pull.bind(place)
        } catch  where error.code == .addressInUse {
            return nil
        }
    }

    private func sendUntilHeard(
        _ push: PushSocket,
        as sender: UInt32,
        _ heard: Heard,
        _ ledger: Ledger
    ) throws {
        var number: UInt64 = 0
        while !heard.has(sender) {
            let message = payload.message(Payload.Origin(sender: sender, number: number))
            ledger.noteSent(sender)
            // There may be nobody for a while.
            if try arrives({ try push.send(message, timeout: Self.pause) }) {
                number += 1
            } else {
                ledger.takeBack(sender)
            }
            try expect(heard.waitsNotLonger(than: Self.patience), "only \(heard.names) are heard")
        }
    }
}
