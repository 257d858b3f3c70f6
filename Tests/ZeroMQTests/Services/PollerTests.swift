import Foundation
import Testing
import ZeroMQ

@Suite("Waiting for many sockets at once", .serialized, .tags(.threads))
struct PollerTests {
    @Test("what is ready is reported until it has been dealt with", arguments: transports)
    func readable(endpoint: String) throws {
        try inContext { context in
            let push = PushSocket(context: context)
            let pull = PullSocket(context: context)
            try push.connect(pull.bind(endpoint))
            let idle = PullSocket(context: context)
            let poller = Poller()
            let token = poller.add(pull, for: .readable)
            poller.add(idle, for: [.readable, .writable])
            #expect(poller.count == 2)
            #expect(try poller.wait(timeout: .zero).isEmpty)
            for round in 0..<50 {
                try push.put("\(round)")
                for _ in 0..<3 {
                    let events = try poller.wait(timeout: enough)
                    #expect(events.map(\.token) == [token])
                    #expect(events.map(\.readiness) == [.readable])
                }
                #expect(try pull.tryReceive() == Message("\(round)"))
                #expect(try poller.wait(timeout: .zero).isEmpty)
            }
            poller.remove(token)
            try push.put("unseen")
            #expect(try poller.wait(timeout: .milliseconds(5)).isEmpty)
        }
    }

    @Test("a message that comes while the poller sleeps wakes it", arguments: [false, true])
    func sleeping(usesDescriptor: Bool) throws {
        try inContext { context in
            let line = try Pipeline(context)
            let answer = try Pipeline(context, name: "answer")
            let poller = Poller()
            if usesDescriptor { #expect(try poller.descriptor >= 0) }
            poller.add(line.pull, for: .readable)
            let echo = try Worker {
                for _ in 0..<2000 { try line.push.put(answer.pull.next()) }
            }
            for number in 0..<2000 {
                try answer.push.put("\(number)")
                #expect(try poller.wait(timeout: enough).count == 1)
                #expect(try line.pull.tryReceive() == Message("\(number)"))
            }
            try echo.value()
        }
    }

    @Test("room to send is reported when it comes")
    func writable() throws {
        try inContext { context in
            let line = try Pipeline(context, mark: 2)
            let poller = Poller()
            let token = poller.add(line.push, for: .writable)
            #expect(try poller.wait(timeout: .zero).map(\.readiness) == [.writable])
            let count = try line.fill()
            #expect(try poller.wait(timeout: .zero).isEmpty)
            let reader = try Worker { try line.pull.next(count).count }
            #expect(try poller.wait(timeout: enough).map(\.token) == [token])
            #expect(try reader.value() == count)
            try poller.modify(token, for: [])
            #expect(try poller.wait(timeout: .zero).isEmpty)
        }
    }

    @Test("REQ and REP are ready when it is their turn")
    func turns() throws {
        try inContext { context in
            let request = RequestSocket(context: context)
            let reply = ReplySocket(context: context)
            try request.connect(reply.bind("inproc://turns"))
            let poller = Poller()
            let asking = poller.add(request, for: [.readable, .writable])
            let answering = poller.add(reply, for: [.readable, .writable])
            func ready() throws -> [Poller.Token: Poller.Readiness] {
                let events = try poller.wait(timeout: .zero)
                return Dictionary(uniqueKeysWithValues: events.map { ($0.token, $0.readiness) })
            }
            for _ in 0..<3 {
                #expect(try ready() == [asking: .writable])
                try request.put("?")
                #expect(try ready() == [answering: .readable])
                _ = try reply.next()
                #expect(try ready() == [answering: .writable])
                try reply.put("!")
                #expect(try ready() == [asking: .readable])
                _ = try request.next()
            }
        }
    }

    @Test("a closed socket is ready, and throws")
    func closed() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let poller = Poller()
            poller.add(pull, for: .readable)
            let closer = try Worker { pull.close() }
            #expect(try poller.wait(timeout: enough).map(\.readiness) == [.readable])
            #expect(code { _ = try pull.tryReceive() } == .socketClosed)
            _ = try closer.value()
        }
    }

    @Test("descriptors are waited for beside sockets, and files refused")
    func descriptors() throws {
        try inContext { context in
            let line = try Pipeline(context)
            let pipe = Pipe()
            let poller = Poller()
            let socket = poller.add(line.pull, for: .readable)
            let number = pipe.fileHandleForReading.fileDescriptor
            let reading = try poller.add(descriptor: number, for: .readable)
            let writing = try poller.add(
                descriptor: pipe.fileHandleForWriting.fileDescriptor,
                for: .writable
            )
            #expect(try poller.wait(timeout: enough).map(\.token) == [writing])
            try poller.modify(writing, for: [])
            #expect(try poller.wait(timeout: .zero).isEmpty)
            pipe.fileHandleForWriting.write(Data("x".utf8))
            #expect(try poller.wait(timeout: enough).map(\.token) == [reading])
            try line.push.put("both")
            #expect(try Set(poller.wait(timeout: enough).map(\.token)) == [reading, socket])
            _ = try line.pull.next()
            _ = pipe.fileHandleForReading.readData(ofLength: 1)
            poller.remove(writing)
            pipe.fileHandleForWriting.closeFile()
            let last = try poller.wait(timeout: enough)
            #expect(last.map(\.token) == [reading] && last[0].readiness.contains(.failed))
            let file = try #require(FileHandle(forReadingAtPath: "/proc/self/exe"))
            let refusal = code { try poller.add(descriptor: file.fileDescriptor, for: .readable) }
            #expect(refusal == .systemFailure)
        }
    }

    @Test("the poller's own descriptor is readable while there is something to report")
    func ownDescriptor() throws {
        try inContext { context in
            let line = try Pipeline(context)
            let poller = Poller()
            poller.add(line.pull, for: .readable)
            // Another poller serves as the foreign event loop.
            let outer = Poller()
            let token = try outer.add(descriptor: try poller.descriptor, for: .readable)
            while try !poller.wait(timeout: .zero).isEmpty {}
            #expect(try outer.wait(timeout: .zero).isEmpty)
            for _ in 0..<100 {
                try line.push.put("message")
                #expect(try outer.wait(timeout: enough).map(\.token) == [token])
                #expect(try poller.wait(timeout: .zero).count == 1)
                #expect(try outer.wait(timeout: .zero).count == 1)
                _ = try line.pull.next()
                #expect(try poller.wait(timeout: .zero).isEmpty)
                #expect(try outer.wait(timeout: .zero).isEmpty)
            }
        }
    }

    @Test("handlers and timers are called until somebody stops it")
    func running() throws {
        try inContext { context in
            let line = try Pipeline(context)
            let poller = Poller()
            var log: [String] = []
            poller.add(line.pull, for: .readable) { _ in
                while let message = try line.pull.tryReceive() { log.append(String(message)) }
            }
            var ticks = 0
            let ticking = poller.every(.milliseconds(5)) {
                ticks += 1
                _ = try line.push.trySend("tick \(ticks)")
            }
            poller.after(.milliseconds(1)) { log.append("once") }
            let never = poller.after(.milliseconds(2)) { log.append("never") }
            poller.cancel(never)
            poller.after(.milliseconds(60)) {
                poller.cancel(ticking)
                poller.stop()
            }
            #expect(poller.timeToNextTimer != nil)
            try poller.run()
            #expect(log.first == "once" && !log.contains("never"))
            #expect(log.contains("tick 1") && log.contains("tick 2") && ticks <= 13)
            #expect(poller.timeToNextTimer == nil)
            let stopper = poller.stopper
            let other = try Worker { stopper.stop() }
            try poller.run()
            try other.value()
        }
    }

    private struct Enough: Error, Equatable {
        let cause: String
    }

    @Test("an error of the application's own ends the loop, which can be begun again")
    func ownErrors() throws {
        try inContext { context in
            let (first, second) = (try Pipeline(context), try Pipeline(context, name: "second"))
            let poller = Poller()
            var handled: [String] = []
            for (line, name) in [(first, "first"), (second, "second")] {
                poller.add(line.pull, for: .readable) { _ in
                    handled.append(String(try line.pull.receive()))
                    throw Enough(cause: name)
                }
                try line.push.put(Message(name))
            }
            // Both are ready at once, and each ends a loop: what one leaves, the next one finds.
            var causes: Set<String> = []
            for _ in 0..<2 {
                do {
                    try poller.run()
                } catch let error as Enough {
                    causes.insert(error.cause)
                }
            }
            #expect(causes == ["first", "second"])
            #expect(Set(handled) == causes)

            var ticks = 0
            let ticking = poller.every(.milliseconds(1)) {
                ticks += 1
                throw Enough(cause: "tick \(ticks)")
            }
            #expect(throws: Enough(cause: "tick 1")) { try poller.run() }
            #expect(throws: Enough(cause: "tick 2")) { try poller.wait(timeout: enough) }
            // The next tick may be due as well by now.
            poller.cancel(ticking)
            poller.after(.zero) { throw Enough(cause: "once") }
            #expect(throws: Enough(cause: "once")) { try poller.wait(timeout: .zero) }
        }
    }

    @Test("a thousand idle sockets do not hide the active one")
    func many() throws {
        try inContext { context in
            let poller = Poller()
            let sockets = (0..<1000).map { _ in PullSocket(context: context) }
            for socket in sockets { poller.add(socket, for: .readable) }
            let line = try Pipeline(context)
            let token = poller.add(line.pull, for: .readable)
            for _ in 0..<100 {
                try line.push.put("message")
                #expect(try poller.wait(timeout: enough).map(\.token) == [token])
                _ = try line.pull.next()
            }
        }
    }
}
