import Testing
import ZeroMQ
import ZeroMQTestSupport

@Suite("A select takes one message from whichever socket has one", .serialized, .tags(.threads))
struct SelectTests {
    enum Input: Equatable {
        case left(Message)
        case right(Message)
        case room
        case tick
        case posted(Int)
    }

    /// Two PULLs, each with a PUSH.
    struct Sides {
        let left: Pipeline
        let right: Pipeline
        let select = Select<Input>()

        init(_ context: Context, mark: Limit = 1000) throws {
            left = try Pipeline(context, mark: mark, name: "left")
            right = try Pipeline(context, mark: mark, name: "right")
        }
    }

    @Test("both sides are served, in turn, however busy one of them is")
    func turns() async throws {
        try await inContext { context in
            let sides = try Sides(context)
            sides.select.add(sides.left.pull) { .left($0) }
            sides.select.add(sides.right.pull) { .right($0) }
            for number in 0..<100 { try await sides.left.push.send("\(number)") }
            try await sides.right.push.send("once")
            var inputs: [Input] = []
            for _ in 0..<3 { inputs.append(try #require(try await sides.select.next())) }
            #expect(inputs.contains(.right("once")))
        }
    }

    @Test(
        "a message that comes while the task sleeps wakes it, over every transport",
        arguments: transports
    )
    func wakes(endpoint: String) async throws {
        try await inContext { context in
            let (push, pull) = (PushSocket(context: context), PullSocket(context: context))
            try push.connect(pull.bind(endpoint))
            try await push.waitForPeers()
            let select = Select<Message>()
            select.add(pull) { $0 }
            async let sent: Void = {
                for number in 0..<500 {
                    try await push.send("\(number)")
                    if number % 7 == 0 { await Task.yield() }
                }
            }()
            for number in 0..<500 {
                #expect(try await select.next() == Message("\(number)"))
            }
            try await sent
        }
    }

    @Test("nothing is taken ahead: what is not asked for stays in its socket")
    func ahead() async throws {
        try await inContext { context in
            let sides = try Sides(context)
            sides.select.add(sides.left.pull) { .left($0) }
            sides.select.add(sides.right.pull) { .right($0) }
            try await sides.left.push.send("l")
            try await sides.right.push.send("r")
            let first = try #require(try await sides.select.next())
            let rest = [try sides.left.pull.tryReceive(), try sides.right.pull.tryReceive()]
            #expect(rest.compactMap(\.self) == [first == .left("l") ? "r" : "l"])
        }
    }

    @Test("a socket whose condition does not hold is left alone until it does")
    func conditions() async throws {
        try await inContext { context in
            let sides = try Sides(context)
            var free = 0
            sides.select.add(sides.left.pull, when: { free > 0 }) { .left($0) }
            sides.select.add(sides.right.pull) { .right($0) }
            for number in 0..<3 { try await sides.left.push.send("\(number)") }
            try await sides.right.push.send("worker")
            #expect(try await sides.select.next() == .right("worker"))
            #expect(sides.left.pull.statistics.messagesQueuedToReceive == 3)
            free = 1
            #expect(try await sides.select.next() == .left("0"))
            free = 0
            sides.select.after(.milliseconds(20)) { .tick }
            #expect(try await sides.select.next() == .tick)
            #expect(sides.left.pull.statistics.messagesQueuedToReceive == 2)
        }
    }

    @Test("a socket with nothing to give, told of meanwhile, is found when its condition holds")
    func armed() async throws {
        try await inContext { context in
            let sides = try Sides(context)
            var isOpen = true
            sides.select.add(sides.left.pull, when: { isOpen }) { .left($0) }
            sides.select.after(.milliseconds(5)) { .tick }
            #expect(try await sides.select.next() == .tick)
            isOpen = false
            try await sides.left.push.send("x")
            sides.select.after(.milliseconds(5)) { .tick }
            #expect(try await sides.select.next() == .tick)
            isOpen = true
            #expect(try await sides.select.next() == .left("x"))
        }
    }

    @Test("ticks come at their times while nothing else does, without sockets too")
    func ticks() async throws {
        let select = Select<Input>()
        select.every(.milliseconds(5)) { .tick }
        let begin = ContinuousClock.now
        for _ in 0..<4 { #expect(try await select.next() == .tick) }
        #expect(ContinuousClock.now - begin >= .milliseconds(20))
        let late = select.at(.now + .seconds(60)) { .room }
        select.cancel(late)
        #expect(try await select.next() == .tick)
    }

    @Test("ticks that the loop was too late for are left out", arguments: [1, 3])
    func missedTicks(milliseconds: Int) async throws {
        let select = Select<Input>()
        select.every(.milliseconds(milliseconds)) { .tick }
        #expect(try await select.next() == .tick)
        letPass(.milliseconds(50))
        let begin = ContinuousClock.now
        // One is due. The others of these fifty milliseconds are not.
        for _ in 0..<5 { #expect(try await select.next() == .tick) }
        #expect(ContinuousClock.now - begin >= .milliseconds(3 * milliseconds))
    }

    @Test("room is told of when a full socket has some again")
    func room() async throws {
        try await inContext { context in
            let line = try Pipeline(context, mark: 2)
            let select = Select<Input>()
            var hasMore = true
            select.add(roomOf: line.push, when: { hasMore }) { .room }
            _ = try line.fill()
            select.after(.milliseconds(5)) { .tick }
            #expect(try await select.next() == .tick)
            _ = try line.drain()
            #expect(try await select.next() == .room)
            hasMore = false
            select.after(.milliseconds(5)) { .tick }
            #expect(try await select.next() == .tick)
        }
    }

    @Test("an input that another task posts wakes the loop")
    func inbox() async throws {
        let select = Select<Input>()
        let inbox = select.inbox
        let task = Task { for number in 0..<100 { inbox.post(.posted(number)) } }
        for number in 0..<100 { #expect(try await select.next() == .posted(number)) }
        await task.value
    }

    @Test("the loop ends when the last of its sockets is closed")
    func closed() async throws {
        try await inContext { context in
            let sides = try Sides(context)
            sides.select.add(sides.left.pull) { .left($0) }
            sides.select.add(sides.right.pull) { .right($0) }
            await sides.left.pull.close()
            try await sides.right.push.send("still")
            #expect(try await sides.select.next() == .right("still"))
            let right = sides.right.pull
            let closing = Task { await right.close() }
            #expect(try await sides.select.next() == nil)
            _ = await closing.value
        }
    }

    @Test("a cancelled task has taken nothing, and another one may go on")
    func cancelled() async throws {
        try await inContext { context in
            let line = try Pipeline(context)
            let count = 2000
            let task = Task {
                let select = Select<Message>()
                select.add(line.pull) { $0 }
                var taken = 0
                do throws(ZeroMQError) {
                    while try await select.next() != nil { taken += 1 }
                } catch {
                    #expect(error.code == .cancelled)
                }
                select.add(line.pull) { $0 }
                return taken
            }
            for number in 0..<count {
                try await line.push.send("\(number)")
                if number == count / 2 { task.cancel() }
            }
            #expect(await task.value + (try line.drain()) == count)
        }
    }
}
