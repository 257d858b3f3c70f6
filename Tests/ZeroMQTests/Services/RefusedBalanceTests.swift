import Testing
import ZeroMQ
import ZeroMQReactor
import ZeroMQTestSupport

/// What a refusal does to messages: those of the refused side are still its own, until it gives up.
@Suite("The books balance when a peer is refused", .serialized)
struct RefusedBalanceTests {
    /// Sends until it is told to stop. The value is how many messages were accepted.
    private func startSending(
        through socket: some SendingSocket & Sendable,
        until isOver: Locked<Bool>
    ) throws -> Worker<Int> {
        try Worker {
            var accepted = 0
            while accepted < 20_000, !isOver.withLock({ $0 }) {
                if try socket.trySend(Message("\(accepted)")) { accepted += 1 }
            }
            return accepted
        }
    }

    @Test("before there was a connection", arguments: Transport.allCases, [true, false])
    func before(transport: Transport, givesUp: Bool) throws {
        try transport.run { context, place in
            let wrong = ReplySocket(context: context)
            try wrong.bind(place)
            let push = PushSocket(context: context)
            push.sendHighWaterMark = .unlimited
            push.options.reconnect = impatient
            if givesUp { push.options.reconnectStops = .handshakeFailed }
            let isOver = Locked(false)
            // Over inproc nobody can connect to the wrong type, but it may bind later.
            wrong.close()
            try push.connect(place)
            let sender = try startSending(through: push, until: isOver)
            #expect(eventually { push.statistics.messagesSent >= 500 })
            let refusing = ReplySocket(context: context)
            try refusing.bind(place)
            _ = push.events.first { if case .handshakeFailed = $0 { true } else { false } }
            if givesUp { try push.events.awaitClosed(place) }
            isOver.withLock { $0 = true }
            let accepted = try sender.value()
            let books = push.statistics
            #expect(books.messagesSent == accepted && refusing.statistics.messagesReceived == 0)
            #expect(books.dropped == (givesUp ? [.peerGone: accepted] : [:]))
            #expect(books.messagesQueuedToSend == (givesUp ? 0 : accepted))
            refusing.close()
            guard !givesUp else { return }
            let pull = PullSocket(context: context)
            try pull.bind(place)
            #expect(try pull.next(accepted) == numbers(0..<accepted))
            #expect(push.close() == 0)
        }
    }

    @Test("by its place being given to another", arguments: [true, false])
    func dismissed(comesBack: Bool) throws {
        try Transport.inproc.run { context, place in
            let router = RouterSocket(context: context)
            router.allowsHandover = true
            try router.bind(place)
            let dealers = (0..<2).map { _ in DealerSocket(context: context) }
            for dealer in dealers {
                dealer.options.routingID = "me"
                dealer.sendHighWaterMark = .unlimited
            }
            if !comesBack { dealers[0].options.reconnect = .never }
            try dealers[0].connect(place)
            let isOver = Locked(false)
            let sender = try startSending(through: dealers[0], until: isOver)
            #expect(eventually { dealers[0].statistics.messagesSent >= 500 })
            for number in 0..<100 { #expect(try router.next() == ["me", Frame("\(number)")]) }
            try dealers[1].connect(place)
            try dealers[0].events.awaitLoss()
            isOver.withLock { $0 = true }
            let accepted = try sender.value()
            // The ROUTER is still there, and reads on what had arrived.
            var received = 100
            while let message = try router.tryReceive() {
                #expect(message == ["me", Frame("\(received)")])
                received += 1
            }
            let books = dealers[0].statistics
            let kept = books.messagesQueuedToSend + (books.dropped[.peerGone] ?? 0)
            #expect(books.messagesSent == accepted && accepted == received + kept)
            #expect(comesBack ? books.dropped == [:] : books.messagesQueuedToSend == 0)
            dealers[1].close()
            guard comesBack else { return }
            for number in received..<accepted {
                #expect(try router.next() == ["me", Frame("\(number)")])
            }
        }
    }
}
