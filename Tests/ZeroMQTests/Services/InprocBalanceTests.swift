import Testing
import ZeroMQ
import ZeroMQReactor
import ZeroMQTestSupport

/// The counterpart of `BalanceTests` over inproc, where both sides' books make one account: sent =
/// received + dropped by cause on either side + still queued.
///
/// Three endings of a network have no counterpart inside a process: a peer that dies without
/// closing, one that only stops sending, and a message that was handed over in part. Refusals are
/// in `RefusedBalanceTests`, with those of the other transports.
@Suite("The books balance inside one process", .serialized)
struct InprocBalanceTests {
    enum Ending: CaseIterable {
        case closeInTime, closeLate, closeAtOnce
        case takenBack, takenBackAtOnce
        case shutDown
        case peerCloses, peerTakesBack
        case givenUp
    }

    enum Side: CaseIterable {
        /// The sender connects, and nobody binds the name before the end.
        case connectsToNobody
        case connects, binds

        /// Whoever never came cannot go, and to wait for somebody is not given up; nor is a bound
        /// endpoint.
        func has(_ ending: Ending) -> Bool {
            switch ending {
            case .closeInTime, .closeLate, .closeAtOnce, .takenBack, .takenBackAtOnce, .shutDown:
                true
            case .peerCloses, .peerTakesBack: self != .connectsToNobody
            case .givenUp: self == .connects
            }
        }
    }

    /// A sender that is at work, and who has received what.
    private final class Rig {
        static let most = 20_000

        let side: Side
        let context = Context()
        let push: PushSocket
        let pull: PullSocket
        let place = Endpoint.inproc("balance")
        var received = 0
        private let sender: Worker<Int>
        private let isOver = Locked(false)

        init(_ side: Side, _ ending: Ending) throws {
            self.side = side
            let push = PushSocket(context: context)
            self.push = push
            pull = PullSocket(context: context)
            push.sendHighWaterMark = .unlimited
            if ending == .givenUp { push.options.reconnect = .never }
            switch side {
            case .connectsToNobody: try push.connect(place)
            case .connects:
                try pull.bind(place)
                try push.connect(place)
            case .binds:
                try push.bind(place)
                try pull.connect(place)
            }
            sender = try Worker { [isOver] in
                var accepted = 0
                while accepted < Rig.most, !isOver.withLock({ $0 }) {
                    do throws(ZeroMQError) {
                        if try push.trySend(Message("\(accepted)")) { accepted += 1 }
                    } catch {
                        #expect([.socketClosed, .contextShutDown].contains(error.code))
                        return accepted
                    }
                }
                return accepted
            }
            // The end comes while messages are under way.
            #expect(eventually { push.statistics.messagesSent >= 500 })
            if side != .connectsToNobody { try take(100, from: pull) }
        }

        /// Receives so many messages, none of which may be missing or come twice.
        func take(_ count: Int, from pull: PullSocket) throws {
            for _ in 0..<count {
                #expect(try pull.next() == Message("\(received)"))
                received += 1
            }
        }

        func takeAll(from pull: PullSocket) throws {
            while let message = try pull.tryReceive() {
                #expect(message == Message("\(received)"))
                received += 1
            }
        }

        /// How many messages were accepted.
        func stopSending() throws -> Int {
            isOver.withLock { $0 = true }
            return try sender.value()
        }

        var isBalanced: Bool {
            let (ours, theirs) = (push.statistics, pull.statistics)
            let dropped = ours.dropped.values.reduce(0, +) + theirs.dropped.values.reduce(0, +)
            return ours.messagesSent
                == received + dropped + ours.messagesQueuedToSend + theirs.messagesQueuedToReceive
        }
    }

    @Test("connected or bound, or never met", arguments: Side.allCases, Ending.allCases)
    func ending(_ side: Side, _ ending: Ending) throws {
        guard side.has(ending) else { return }
        let rig = try Rig(side, ending)
        defer { rig.context.shutDown() }
        let unsent = try end(rig, ending)
        let accepted = try rig.stopSending()
        #expect(rig.push.statistics.messagesSent == accepted)
        // Not before nothing more is sent: what a receiver holds is counted at both ends.
        if ![.peerCloses, .givenUp, .shutDown].contains(ending) {
            try rig.takeAll(from: rig.pull)
        }
        #expect(rig.isBalanced)
        try check(rig, ending, unsent)
    }

    /// Brings the end about. Returns what `close` said was not sent, if the socket was closed.
    private func end(_ rig: Rig, _ ending: Ending) throws -> Int? {
        let (push, isLonely) = (rig.push, rig.side == .connectsToNobody)
        switch ending {
        case .closeInTime:
            let closing = try Worker { push.close(linger: .waitForever) }
            #expect(eventually { push.isClosing })
            if isLonely { try rig.pull.bind(rig.place) }
            return try closing.value()
        case .closeLate: return push.close(linger: .wait(upTo: .milliseconds(30)))
        case .closeAtOnce: return push.close(linger: .discard)
        case .shutDown:
            push.linger = .waitForever
            rig.context.shutDown()
            return push.close()
        case .takenBack, .takenBackAtOnce:
            push.linger = ending == .takenBack ? .waitForever : .discard
            if rig.side == .binds {
                try push.unbind(rig.place)
            } else {
                try push.disconnect(rig.place)
            }
            if isLonely, ending == .takenBack { try rig.pull.bind(rig.place) }
            try push.events.awaitClosed(rig.place)
        case .peerCloses: rig.pull.close(linger: .waitForever)
        case .peerTakesBack:
            if rig.side == .binds {
                try rig.pull.disconnect(rig.place)
            } else {
                try rig.pull.unbind(rig.place)
            }
        case .givenUp:
            rig.pull.close()
            try push.events.awaitClosed(rig.place)
        }
        return nil
    }

    private func check(_ rig: Rig, _ ending: Ending, _ unsent: Int?) throws {
        let (ours, theirs) = (rig.push.statistics, rig.pull.statistics)
        let isLonely = rig.side == .connectsToNobody
        let rest = ours.messagesSent - rig.received
        #expect(unsent == nil || unsent == ours.dropped[.lingerExpired] ?? 0)
        switch ending {
        case .closeInTime, .takenBack: #expect(ours.dropped == [:] && theirs.dropped == [:])
        // Who is connected has everything at once, and no time is needed.
        case .closeLate, .closeAtOnce, .takenBackAtOnce:
            #expect(ours.dropped == (isLonely ? [.lingerExpired: rest] : [:]))
            #expect(theirs.dropped == [:])
        case .shutDown where isLonely: #expect(ours.dropped == [.lingerExpired: rest])
        // Which of the two was closed first is not said.
        case .shutDown: #expect(ours.messagesQueuedToSend == 0)
        case .peerCloses where rig.side == .connects:
            // It is for whoever comes next, and nothing of it was lost.
            #expect(ours.dropped == [:] && theirs.dropped == [:])
            #expect(ours.messagesQueuedToSend == rest)
            let next = PullSocket(context: rig.context)
            try next.bind(rig.place)
            try rig.take(rest, from: next)
            #expect(rig.push.close() == 0)
        case .peerCloses, .givenUp:
            #expect(ours.dropped == [.peerGone: rest] && theirs.dropped == [:])
        case .peerTakesBack:
            #expect(ours.dropped == [:] && theirs.dropped == [:])
            #expect(ours.messagesQueuedToSend == rest && (rest == 0 || rig.side == .connects))
        }
    }

    @Test(
        "what had come from a peer that is gone, at a receiver that closes",
        arguments: [true, false],
        [Linger.discard, .waitForever]
    )
    func unread(binds: Bool, linger: Linger) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let pushes = (0..<3).map { _ in PushSocket(context: context) }
            for (number, push) in pushes.enumerated() {
                let place = Endpoint.inproc("unread \(number)")
                if binds { try push.bind(place) } else { try pull.bind(place) }
                if binds { try pull.connect(place) } else { try push.connect(place) }
                for message in numbers(0..<10) { try push.put(message) }
            }
            // Two are gone: one that closed, and one that was taken back. The third one is there.
            #expect(pushes[0].close(linger: linger) == 0)
            pushes[1].linger = linger
            if binds {
                try pushes[1].unbind("inproc://unread 1")
            } else {
                try pushes[1].disconnect("inproc://unread 1")
            }
            #expect(pull.peerCount == 1)
            _ = try pull.next(12)
            pull.close(linger: linger)
            let back = pushes.map(\.statistics.messagesQueuedToSend).reduce(0, +)
            let lost = pushes.map { $0.statistics.dropped[.peerGone] ?? 0 }.reduce(0, +)
            let unread = pull.statistics.dropped[.unread] ?? 0
            #expect(pull.statistics.messagesReceived == 12)
            #expect(12 + unread + back + lost == 30)
            // Of the third one's, what was not read is its own again, or was for this peer alone.
            #expect(binds ? back == 0 : lost == 0)
            #expect(pull.statistics.dropped.count == 1 && unread >= 8)
        }
    }
}
