import Testing
import ZeroMQ

@Suite("PAIR", .tags(.threads))
struct PairTests {
    @Test("messages go both ways", arguments: transports)
    func bothWays(endpoint: String) throws {
        try inContext { context in
            let (left, right) = (PairSocket(context: context), PairSocket(context: context))
            try left.connect(right.bind(endpoint))
            try left.put(["to the right", "whole"])
            #expect(try right.next() == ["to the right", "whole"])
            try right.put("to the left")
            #expect(try left.next() == "to the left")
        }
    }

    @Test("a second peer gets nothing and disturbs nobody", arguments: wires)
    func surplus(endpoint: String) throws {
        try inContext { context in
            let server = PairSocket(context: context)
            let (first, second) = (PairSocket(context: context), PairSocket(context: context))
            second.linger = .discard
            let bound = try server.bind(endpoint)
            try first.connect(bound)
            try first.put("first")
            #expect(try server.next() == "first")
            try second.connect(bound)
            try second.put("second")
            let refusal = second.events.first {
                if case .handshakeFailed = $0 { true } else { false }
            }
            #expect(refusal != nil)
            try first.put("again")
            #expect(try server.next() == "again")
            try server.put("answer")
            #expect(try first.next() == "answer")
            #expect(try server.tryReceive() == nil)
        }
    }

    @Test("when the first peer has gone the next one is served", arguments: wires)
    func successor(endpoint: String) throws {
        try inContext { context in
            let server = PairSocket(context: context)
            let (first, second) = (PairSocket(context: context), PairSocket(context: context))
            let bound = try server.bind(endpoint)
            try first.connect(bound)
            try first.put("first")
            #expect(try server.next() == "first")
            first.close()
            try second.connect(bound)
            try second.put("second")
            #expect(try server.next() == "second")
        }
    }

    @Test("one thread sends while another receives", arguments: transports)
    func fullDuplex(endpoint: String) throws {
        try inContext { context in
            let (left, right) = (PairSocket(context: context), PairSocket(context: context))
            try left.connect(right.bind(endpoint))
            let count = 5000
            let workers = try [(left, right), (right, left)].flatMap { from, to in
                [
                    try Worker { for number in 0..<count { try from.put(Message("\(number)")) } },
                    try Worker {
                        for number in 0..<count {
                            try #require(to.next() == Message("\(number)"))
                        }
                    },
                ]
            }
            for worker in workers { try worker.value() }
        }
    }
}
