import Glibc
import Synchronization
import ZeroMQ

extension Island {
    /// Senders in processes of their own are killed in the middle: what has come from each is a
    /// beginning of what it sent, whole and in order.
    func killing(_ dice: inout Dice) throws -> Int {
        let pull = PullSocket(context: context)
        prepare(pull, binds: true)
        let place = try pull.bind(endpoint()).description
        let ledger = Ledger()
        var children: [UInt32: (child: Child, most: Int)] = [:]
        let all: UInt32 = 4
        var next: UInt32 = 1
        while next <= all || !children.isEmpty {
            while children.count < 2, next <= all {
                let child = try Child(.send(as: next), at: place, self)
                children[next] = (child, dice.number(1...mostBeforeDeath))
                next += 1
            }
            let origin = try take(from: pull, ledger)
            if let (child, most) = children[origin.sender], origin.number >= most {
                child.kill()
                children[origin.sender] = nil
            }
        }
        try takeRest(from: pull, ledger)
        _ = close(pull, linger: .discard)
        return ledger.received
    }

    private var mostBeforeDeath: Int { isEncrypted ? 50 : 300 }

    /// A PULL that connects, and one sender after the other that binds at the same place and is
    /// killed: each is found again, and what has come from it is whole and in order.
    func succeeding(_ dice: inout Dice) throws -> Int {
        let pull = PullSocket(context: context)
        prepare(pull, binds: false)
        let place = try freePlace()
        try pull.connect(place)
        let ledger = Ledger()
        for sender in 1...UInt32(3) {
            let child = try Child(.sendBound(as: sender), at: place, self)
            let most = UInt64(dice.number(1...mostBeforeDeath))
            while true {
                let origin = try take(from: pull, ledger)
                // What one that is dead by now had sent comes before.
                if origin.sender == sender, origin.number >= most { break }
            }
            child.kill()
        }
        try takeRest(from: pull, ledger)
        _ = close(pull, linger: .discard)
        return ledger.received
    }

    /// A place that somebody else can bind.
    private func freePlace() throws -> String {
        let socket = PushSocket(context: context)
        let place = try socket.bind(endpoint())
        try socket.unbind(place)
        _ = close(socket, linger: .discard)
        return place.description
    }

    /// Nothing may be left out: there is one way only.
    private func take(from pull: PullSocket, _ ledger: Ledger) throws -> Payload.Origin {
        try note(during("receives") { try pull.receive(timeout: Self.patience) }, ledger)
    }

    private func note(_ message: Message, _ ledger: Ledger) throws -> Payload.Origin {
        let origin = try payload.origin(of: message)
        ledger.noteSent(origin.sender)
        try ledger.noteReceived(origin)
        let place = ledger.sent(by: origin.sender) - 1
        try expect(place == origin.number, "\(origin) is number \(place) of its sender")
        return origin
    }

    /// What was received before the senders were killed is good; behind it nothing comes.
    private func takeRest(from pull: PullSocket, _ ledger: Ledger) throws {
        var last = ContinuousClock.now + Self.patience
        while true {
            // Asked before: what a peer sent is there when the peer has gone.
            let isLast = pull.peerCount == 0
            var hasCome = false
            while let message = try pull.tryReceive() {
                _ = try note(message, ledger)
                hasCome = true
            }
            if isLast { return }
            if hasCome { last = .now + Self.patience }
            try expect(ContinuousClock.now < last, "all peers are dead: \(pull.statistics)")
            usleep(500)
        }
    }

    /// Receivers are killed one after the other: each that comes gets messages, in order and whole.
    func outliving(_ dice: inout Dice) throws -> Int {
        let push = PushSocket(context: context)
        prepare(push, binds: true)
        let place = try push.bind(endpoint()).description
        let crew = Crew()
        let run = Switch()
        try crew.start("sender") {
            var number: UInt64 = 0
            while run.isOn {
                let message = payload.message(Payload.Origin(sender: 1, number: number))
                if try arrives({ try push.send(message, timeout: Self.pause) }) { number += 1 }
            }
        }
        var received = 0
        for _ in 0..<3 {
            let count = dice.number(1...100)
            // It kills itself when it has had enough, and says so if anything is wrong.
            let child = try Child(.receive(count), at: place, self)
            try during("waits for a receiver's end", isPatient: true) { try child.awaitKill() }
            received += count
        }
        run.turnOff()
        crew.join()
        _ = close(push, linger: .discard)
        return received
    }
}

/// Tells a thread when to stop.
final class Switch: Sendable {
    // Relaxed: nothing else is told by it.
    private let state = Atomic(true)

    var isOn: Bool { state.load(ordering: .relaxed) }
    func turnOff() { state.store(false, ordering: .relaxed) }
}
