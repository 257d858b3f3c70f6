import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("Over every transport: nobody waits for what was given up", .serialized)
struct GivingUpPromises {
    /// How an endpoint comes to be given up.
    enum Reason: CaseIterable {
        /// The connection was lost.
        case loss
        /// The peer has no place.
        case refusal
    }

    @Test(
        "calls that would wait for ever throw, those that wait already and those that come",
        arguments: Transport.allCases,
        Reason.allCases
    )
    func abandoned(transport: Transport, reason: Reason) throws {
        try transport.run { context, place in
            let other = PairSocket(context: context)
            let first = PairSocket(context: context)
            try other.bind(place)
            if reason == .refusal {
                try first.connect(place)
                try other.waitForPeers(atLeast: 1, timeout: enough)
            }
            let pair = PairSocket(context: context)
            pair.options.reconnect = reason == .loss ? .never : impatient
            pair.options.reconnectStops = reason == .loss ? [] : .handshakeFailed
            // Without an endpoint they wait for one that another thread may add.
            let workers = [
                try Worker { code { _ = try pair.receive() } },
                try Worker { code { try pair.waitForPeers(atLeast: 2) } },
            ]
            try pair.connect(place)
            if reason == .loss {
                try pair.waitForPeers(atLeast: 1, timeout: enough)
                other.close()
            }
            for worker in workers { #expect(try worker.value() == .notConnected) }
            try pair.events.awaitClosed(place)
            #expect(code { try pair.send("x") } == .notConnected)
            #expect(code { _ = try pair.receive() } == .notConnected)
            #expect(try !pair.trySend("x") && pair.tryReceive() == nil)
            // Another endpoint is another hope.
            let next = try transport.place(context)
            let third = PairSocket(context: context)
            try third.bind(next)
            try pair.connect(next)
            try pair.put("hello")
            #expect(try third.next() == "hello")
            #expect(pair.close() == 0)
        }
    }

    @Test("what is given up while others are left ends no call", arguments: Transport.allCases)
    func notTheLast(transport: Transport) throws {
        try transport.run { context, place in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            push.options.reconnect = .never
            try pull.bind(place)
            try push.connect(place)
            try push.waitForPeers(atLeast: 1, timeout: enough)
            let next = try transport.place(context)
            try push.bind(next)
            pull.close()
            try push.events.awaitClosed(place)
            let sending = try Worker { try push.send("for whoever comes", timeout: enough) }
            let late = PullSocket(context: context)
            try late.connect(next)
            #expect(try late.next() == "for whoever comes")
            try sending.value()
            // The endpoint that was given up is the last one left.
            try push.unbind(next)
            #expect(eventually { push.peerCount == 0 })
            #expect(code { try push.send("x") } == .notConnected)
        }
    }

    /// To wait for somebody who binds is no attempt that can fail.
    @Test("over inproc the first to come is waited for, whatever the options say")
    func first() throws {
        try Transport.inproc.run { context, place in
            let push = PushSocket(context: context)
            push.options.reconnect = .never
            push.options.reconnectStops = [.connectionRefused, .handshakeFailed, .afterDisconnect]
            try push.connect(place)
            try push.put("early")
            #expect(code { try push.waitForPeers(atLeast: 1, timeout: .zero) } == .timedOut)
            let pull = PullSocket(context: context)
            try pull.bind(place)
            #expect(try pull.next() == "early")
        }
    }
}
