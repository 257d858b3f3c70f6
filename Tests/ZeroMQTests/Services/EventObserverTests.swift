import Testing
import ZeroMQProtocol
import ZeroMQReactor

@testable import ZeroMQ

@Suite("Any number of observers of the same events")
struct EventObserverTests {
    private let somewhere = Endpoint.inproc("somewhere")

    /// An event that says its number.
    private func numbered(_ number: Int) -> SocketEvent {
        .retrying(somewhere, after: .seconds(number))
    }

    /// Everything that an observer can take now: numbers, and how many it missed.
    private func taken(_ queue: EventQueue, _ observer: UInt64) -> (numbers: [Int], missed: Int) {
        var (numbers, missed): ([Int], Int) = ([], 0)
        while let event = queue.tryNext(observer) {
            switch event {
            case .retrying(_, let time): numbers.append(Int(time.components.seconds))
            case .missed(let count): missed += count
            default: Issue.record("\(event)")
            }
        }
        return (numbers, missed)
    }

    @Test("each gets every event, in threads and in tasks", arguments: Transport.allCases)
    func each(transport: Transport) async throws {
        try await inContext { context in
            let place = try transport.place(context)
            let pull = PullSocket(context: context)
            let thread = pull.events
            let reading = try Worker { () -> [SocketEvent] in
                var events: [SocketEvent] = []
                while let event = thread.next(timeout: enough) { events.append(event) }
                return events
            }
            let tasks = (0..<3).map { _ in
                let events = pull.events
                return Task { () -> [SocketEvent] in
                    var all: [SocketEvent] = []
                    for await event in events { all.append(event) }
                    return all
                }
            }
            try pull.bind(place)
            for _ in 0..<5 {
                let push = PushSocket(context: context)
                try push.connect(place)
                try await pull.waitForPeers(timeout: enough)
                await push.close()
                #expect(eventually { pull.peerCount == 0 })
            }
            // One that only begins is not in their way.
            let late = pull.events
            await pull.close()
            let events = try reading.value()
            #expect(events.first == .listening(place) && events.last == .closed(place))
            #expect(events.count { if case .disconnected = $0 { true } else { false } } == 5)
            for task in tasks { #expect(await task.value == events) }
            #expect(late.tryNext() != nil || thread.tryNext() == nil)
        }
    }

    @Test("one that does not read costs its bound, and loses alone")
    func lazy() {
        let queue = EventQueue()
        let (lazy, keen) = (queue.addObserver(), queue.addObserver())
        var seen: [Int] = []
        for number in 0..<10_000 {
            queue.post(numbered(number))
            let news = taken(queue, keen)
            #expect(news.missed == 0)
            seen += news.numbers
            #expect(queue.keptCount <= EventQueue.capacity)
        }
        #expect(seen == Array(0..<10_000))
        let rest = taken(queue, lazy)
        #expect(rest.numbers.count >= EventQueue.capacity / 2)
        #expect(rest.missed + rest.numbers.count == 10_000)
        #expect(rest.numbers == Array(rest.missed..<10_000))
    }

    @Test("what everybody has taken is not kept")
    func released() {
        let queue = EventQueue()
        let observers = (0..<10).map { _ in queue.addObserver() }
        for number in 0..<10_000 {
            queue.post(numbered(number))
            for observer in observers { #expect(taken(queue, observer).numbers == [number]) }
            #expect(queue.keptCount <= 32)
        }
        // Nor is what only those wanted who have gone.
        let gone = queue.addObserver()
        for number in 0..<500 { queue.post(numbered(number)) }
        for observer in observers { #expect(taken(queue, observer).numbers.count == 500) }
        queue.removeObserver(gone)
        for number in 0..<1024 {
            queue.post(numbered(number))
            for observer in observers { _ = taken(queue, observer) }
        }
        #expect(queue.keptCount <= 32)
    }

    @Test("one that comes later begins with what nobody has taken")
    func later() {
        let queue = EventQueue()
        for number in 0..<10 { queue.post(numbered(number)) }
        let first = queue.addObserver()
        #expect(queue.tryNext(first) == numbered(0))
        let second = queue.addObserver()
        #expect(taken(queue, second).numbers == Array(1..<10))
        let third = queue.addObserver()
        #expect(taken(queue, third).numbers == [])
        #expect(taken(queue, first).numbers == Array(1..<10))
        queue.post(numbered(10))
        for observer in [first, second, third] { #expect(taken(queue, observer).numbers == [10]) }
    }

    @Test("nobody ever asked: the newest are there, and the others counted")
    func unheard() {
        let queue = EventQueue()
        for number in 0..<5000 { queue.post(numbered(number)) }
        let news = taken(queue, queue.addObserver())
        #expect(news.missed + news.numbers.count == 5000 && news.numbers.last == 4999)
        #expect(news.numbers.count >= EventQueue.capacity / 2)
    }

    @Test("observers in many threads, coming and going, while events come from others")
    func crowd() throws {
        try inContext { context in
            let core = context.core.makeSocket(.pull)
            let posters = 3
            let each = 2000
            let observers = (0..<4).map { _ in EventObserver(core) }
            let readers = try observers.map { observer in
                try Worker { () -> (numbers: [Int], missed: Int) in
                    var (numbers, missed): ([Int], Int) = ([], 0)
                    while true {
                        let deadline = Deadline(.upTo(enough), clock: core.context.clock)
                        switch observer.next(deadline: deadline) {
                        case .retrying(_, let time): numbers.append(Int(time.components.seconds))
                        case .missed(let count): missed += count
                        default: return (numbers, missed)
                        }
                    }
                }
            }
            let passers = try (0..<2).map { _ in
                try Worker {
                    for _ in 0..<1000 { _ = EventObserver(core).tryNext() }
                }
            }
            let workers = try (0..<posters).map { poster in
                try Worker {
                    for number in 0..<each {
                        core.events.post(numbered(poster * each + number))
                    }
                }
            }
            for worker in workers { try worker.value() }
            for passer in passers { try passer.value() }
            _ = core.close(saying: .socketClosed, linger: .discard)
            for reader in readers {
                let (numbers, missed) = try reader.value()
                #expect(numbers.count + missed == posters * each)
                for poster in 0..<posters {
                    let mine = numbers.filter { $0 / each == poster }
                    #expect(mine == mine.sorted() && Set(mine).count == mine.count)
                }
            }
        }
    }
}
