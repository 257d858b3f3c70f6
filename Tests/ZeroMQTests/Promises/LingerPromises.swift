import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Over every transport: what was accepted lingers, or is counted", .serialized)
struct LingerPromises {
    /// A socket that has sent seven messages to where nobody listens.
    private func lonely(_ context: Context, _ place: Endpoint) throws -> PushSocket {
        let push = PushSocket(context: context)
        push.options.reconnect = impatient
        try push.connect(place)
        for message in numbers(0..<7) { try push.put(message) }
        return push
    }

    @Test("close waits for somebody who binds", arguments: Transport.allCases)
    func closeWaits(transport: Transport) throws {
        try transport.run { context, place in
            for linger in [Linger.waitForever, .wait(upTo: enough)] {
                let push = try lonely(context, place)
                let closing = try Worker { push.close(linger: linger) }
                let pull = PullSocket(context: context)
                // The close has begun: sending throws.
                #expect(eventually { push.isClosing })
                try pull.bind(place)
                #expect(try pull.next(7) == numbers(0..<7))
                #expect(try closing.value() == 0)
                #expect(push.statistics.dropped == [:])
                pull.close()
            }
        }
    }

    @Test("what was not sent in time is counted and reported", arguments: Transport.allCases)
    func expires(transport: Transport) throws {
        try transport.run { context, place in
            for linger in [Linger.discard, .wait(upTo: .milliseconds(30))] {
                let push = try lonely(context, place)
                let spent = ContinuousClock().measure {
                    #expect(push.close(linger: linger) == 7)
                }
                #expect(linger == .discard || spent >= .milliseconds(30))
                #expect(push.close() == 7)
                #expect(push.statistics.dropped == [.lingerExpired: 7])
                let pull = PullSocket(context: context)
                try pull.bind(place)
                #expect(try pull.tryReceive() == nil)
                pull.close()
            }
        }
    }

    @Test("what is queued lingers after disconnect, too", arguments: Transport.allCases)
    func disconnectLingers(transport: Transport) throws {
        try transport.run { context, place in
            let push = try lonely(context, place)
            push.linger = .waitForever
            try push.disconnect(place)
            #expect(try !push.trySend("nobody is connected to"))
            let pull = PullSocket(context: context)
            try pull.bind(place)
            #expect(try pull.next(7) == numbers(0..<7))
            try push.events.awaitClosed(place)
            #expect(try pull.tryReceive() == nil)
            #expect(push.close() == 0)
        }
    }

    @Test("what disconnect has dropped close does not report again", arguments: Transport.allCases)
    func reportedOnce(transport: Transport) throws {
        try transport.run { context, place in
            // The end of the endpoint and the close of the socket may meet.
            for _ in 0..<50 {
                let push = try lonely(context, place)
                push.linger = .discard
                try push.disconnect(place)
                #expect(push.close() == 0)
                #expect(push.statistics.dropped == [.lingerExpired: 7])
            }
        }
    }

    @Test("after disconnect the time is limited, too", arguments: Transport.allCases)
    func disconnectExpires(transport: Transport) throws {
        try transport.run { context, place in
            let push = try lonely(context, place)
            push.linger = .wait(upTo: .milliseconds(30))
            try push.disconnect(place)
            #expect(eventually { push.statistics.dropped == [.lingerExpired: 7] })
            #expect(push.close() == 0)
        }
    }

    @Test(
        "what lingers after disconnect is queued, and flush waits until it is sent or dropped",
        arguments: Transport.allCases,
        [true, false]
    )
    func flushWaits(transport: Transport, isSent: Bool) throws {
        try transport.run { context, place in
            let push = try lonely(context, place)
            push.linger = isSent ? .waitForever : .wait(upTo: .seconds(1))
            try push.disconnect(place)
            #expect(push.statistics.messagesQueuedToSend == 7)
            #expect(code { try push.flush(timeout: .zero) } == .timedOut)
            let flushing = try Worker { try push.flush(timeout: enough) }
            let pull = PullSocket(context: context)
            if isSent {
                try pull.bind(place)
                #expect(try pull.next(7) == numbers(0..<7))
            }
            try flushing.value()
            #expect(eventually { push.statistics.messagesQueuedToSend == 0 })
            #expect(eventually { push.statistics.dropped == (isSent ? [:] : [.lingerExpired: 7]) })
            #expect(push.statistics.messagesSent == 7)
        }
    }

    @Test("close puts an end to what lingers after disconnect", arguments: Transport.allCases)
    func closeEndsLinger(transport: Transport) throws {
        try transport.run { context, place in
            for linger in [Linger.discard, .wait(upTo: .milliseconds(30))] {
                let push = try lonely(context, place)
                push.linger = .waitForever
                try push.disconnect(place)
                #expect(push.close(linger: linger) == 7)
                #expect(push.statistics.dropped == [.lingerExpired: 7])
            }
        }
    }

    @Test(
        "what lingers for ever is sent before its context is gone",
        arguments: [Transport.tcp, .ipc]
    )
    func contextWaits(transport: Transport) throws {
        try transport.run { receiving, place in
            let context = Context()
            let push = try lonely(context, place)
            let closing = try Worker { push.close(linger: .waitForever) }
            #expect(eventually { push.isClosing })
            let ending = try Worker { context.shutDown() }
            let pull = PullSocket(context: receiving)
            try pull.bind(place)
            #expect(try pull.next(7) == numbers(0..<7))
            #expect(try closing.value() == 0)
            try ending.value()
        }
    }

    @Test("over inproc nobody can come when the context ends, and nobody is waited for")
    func contextEnds() throws {
        let context = Context()
        let push = try lonely(context, .inproc("nobody"))
        let other = try lonely(context, .inproc("nobody else"))
        let closing = try Worker { push.close(linger: .waitForever) }
        #expect(eventually { push.isClosing })
        other.linger = .waitForever
        context.shutDown()
        #expect(try closing.value() == 7)
        #expect(other.close() == 7)
        #expect(other.statistics.dropped == [.lingerExpired: 7])
    }

    @Test("a socket that is dropped lingers like one that is closed", arguments: Transport.allCases)
    func dropped(transport: Transport) throws {
        try transport.run { context, place in
            do {
                let push = try lonely(context, place)
                push.linger = .waitForever
            }
            let pull = PullSocket(context: context)
            try pull.bind(place)
            #expect(try pull.next(7) == numbers(0..<7))
        }
    }
}
