import Synchronization
import Testing
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite(
    "Whatever the interleaving, inproc has no ghosts and forgets no message",
    .serialized,
    .tags(.threads)
)
struct InprocRaceTests {
    /// A point that two threads leave together, again and again.
    private final class Start: Sendable {
        private let arrived = Atomic<Int>(0)

        func meet() {
            let mine = arrived.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
            while arrived.load(ordering: .acquiring) < mine / 2 * 2 + 2 { letOthersRun() }
        }
    }

    /// The sockets of one round.
    private struct Round {
        let push: PushSocket
        let pull: PullSocket
        let place: Endpoint

        init(_ context: Context, _ number: Int) {
            push = PushSocket(context: context)
            pull = PullSocket(context: context)
            push.linger = .discard
            place = .inproc("round \(number % 3)")
        }

        /// What the binding side does. Returns how many messages it has received.
        func bind(_ dice: inout SeededGenerator) throws -> Int {
            var received = 0
            for _ in 0..<Int.random(in: 1...4, using: &dice) {
                switch Int.random(in: 0..<4, using: &dice) {
                case 0, 1: _ = try? pull.bind(place)
                case 2: try? pull.unbind(place)
                default: while try pull.tryReceive() != nil { received += 1 }
                }
            }
            if Bool.random(using: &dice) { pull.close() }
            return received
        }

        /// What the connecting side does.
        func connect(_ dice: inout SeededGenerator) throws {
            for _ in 0..<Int.random(in: 1...4, using: &dice) {
                switch Int.random(in: 0..<4, using: &dice) {
                case 0, 1: try? push.connect(place)
                case 2: try? push.disconnect(place)
                default: for _ in 0..<3 { _ = try push.trySend("x") }
                }
            }
            if Bool.random(using: &dice) { push.close() }
        }

        /// Both sides rest: nobody may have a peer that has gone, and no message is missing.
        func check(_ received: Int, _ number: Int) throws {
            #expect(push.peerCount == pull.peerCount, "round \(number)")
            if pull.isClosing { #expect(push.peerCount == 0, "round \(number)") }
            var received = received
            push.close()
            #expect(pull.peerCount == 0, "round \(number)")
            if !pull.isClosing { while try pull.tryReceive() != nil { received += 1 } }
            let dropped = [push.statistics, pull.statistics].flatMap(\.dropped.values).reduce(0, +)
            #expect(push.statistics.messagesSent == received + dropped, "round \(number)")
            pull.close()
        }
    }

    @Test("20,000 rounds of bind, unbind and close against connect, disconnect and close")
    func rounds() throws {
        let context = Context()
        defer { context.shutDown() }
        let (count, start) = (20_000, Start())
        let slot = Mutex(Round(context, 0))
        let binder = try Worker {
            var dice = SeededGenerator(seed: 1)
            for number in 0..<count {
                let round = Round(context, number)
                slot.withLock { $0 = round }
                start.meet()
                let received = try round.bind(&dice)
                start.meet()
                try round.check(received, number)
            }
        }
        var dice = SeededGenerator(seed: 2)
        for _ in 0..<count {
            start.meet()
            try slot.withLock { $0 }.connect(&dice)
            start.meet()
        }
        try binder.value()
        slot.withLock { $0 = Round(context, 0) }
        #expect(context.core.inproc.nameCount == 0)
    }

    @Test("a PAIR has one peer at a time, and always one if somebody waits")
    func places() throws {
        try inContext { context in
            let bound = PairSocket(context: context)
            try bound.bind("inproc://place")
            let workers = try (0..<4).map { seed in
                try Worker {
                    var dice = SeededGenerator(seed: UInt64(seed))
                    for _ in 0..<500 {
                        let pair = PairSocket(context: context)
                        pair.linger = .discard
                        try pair.connect("inproc://place")
                        if Bool.random(using: &dice) {
                            try pair.waitForPeers(atLeast: 1, timeout: enough)
                        }
                        pair.close()
                    }
                }
            }
            for worker in workers { try worker.value() }
            #expect(bound.peerCount == 0)
        }
    }

    @Test("names are forgotten, and leaving takes no longer because of others")
    func names() throws {
        try inContext { context in
            let lonely = try (0..<2_000).map { number in
                let push = PushSocket(context: context)
                try push.connect(.inproc("waiting \(number)"))
                return push
            }
            let clock = ContinuousClock()
            let spent = try clock.measure {
                for number in 0..<10_000 {
                    let push = PushSocket(context: context)
                    try push.connect(.inproc("name \(number)"))
                    push.close()
                }
            }
            // Looked through one by one, two thousand names take milliseconds each time.
            #expect(spent < .seconds(20))
            #expect(context.core.inproc.nameCount == 2_000)
            for push in lonely { push.close() }
            #expect(context.core.inproc.nameCount == 0)
        }
    }
}
