import Testing
import ZeroMQ

@Suite("Names of an endpoint", .serialized)
struct EndpointNamesTests {
    @Test(
        "an endpoint is unbound by the text that bind was given",
        arguments: ["tcp://*:*", "tcp://localhost:*", "tcp://lo:*", "tcp://[0:0::1]:*", "ipc://*"]
    )
    func given(text: String) throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let bound = try pull.bind(text)
            try pull.unbind(text)
            // The place is free, and may be named with its port as well.
            let again = text.replacing(":*", with: ":\(bound.port ?? 0)")
            _ = try pull.bind(again)
            try pull.unbind(again)
            #expect(code { try pull.unbind(bound) } == .notFound)
        }
    }

    @Test("a place has the names that need no lookup")
    func otherNames() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            for (first, second) in [
                ("tcp://127.0.0.1:", "tcp://lo:"), ("tcp://*:", "tcp://0.0.0.0:"),
                ("tcp://0.0.0.0:", "tcp://*:"), ("tcp://[::1]:", "tcp://[0:0:0::0:1]:"),
            ] {
                let port = try #require(try pull.bind(first + "*").port)
                try pull.unbind(second + "\(port)")
            }
            let push = PushSocket(context: context)
            try push.connect("tcp://[::1]:5555")
            try push.disconnect("tcp://[0:0::1]:5555")
            try push.connect("tcp://localhost:5555")
            try push.disconnect("tcp://localhost:5555")
        }
    }

    @Test("a text that may mean several places is refused, and names them")
    func ambiguous() throws {
        try inContext { context in
            let pull = PullSocket(context: context)
            let places = try (0..<2).map { _ in try pull.bind("tcp://127.0.0.1:*") }
            let error = #expect(throws: ZeroMQError.self) { try pull.unbind("tcp://127.0.0.1:*") }
            #expect(error?.code == .notFound)
            for place in places { #expect(error?.hint?.contains("\(place)") == true) }
            try pull.unbind(places[0])
            try pull.unbind("tcp://127.0.0.1:*")
            #expect(code { try pull.unbind(places[1]) } == .notFound)
        }
    }

    @Test("a link-local address without an interface is refused with a hint")
    func linkLocal() throws {
        try inContext { context in
            let push = PushSocket(context: context)
            let attempts: [() throws -> Void] = [
                { try push.connect("tcp://[fe80::1]:5555") },
                { _ = try push.bind("tcp://[fe80::1]:5555") },
                { try push.connect("tcp://[fe80::1]:0;[fe80::2%lo]:5555") },
            ]
            for attempt in attempts {
                let error = #expect(throws: ZeroMQError.self) { try attempt() }
                #expect(error?.code == .invalidEndpoint)
                #expect(error?.hint?.contains("[fe80::1%eth0]") == true)
            }
            try push.connect("tcp://[fe80::1%lo]:5555")
            try push.connect("tcp://[fe80::1%lo]:0;[fe80::2]:5555")
        }
    }

    @Test("PUB, SUB, REQ and DEALER ignore a second connect, until the endpoint is given up")
    func repeated() throws {
        try inContext { context in
            let router = RouterSocket(context: context)
            let bound = try router.bind("tcp://127.0.0.1:*")
            let dealer = DealerSocket(context: context)
            for _ in 0..<3 { try dealer.connect(bound) }
            try dealer.disconnect(bound)
            #expect(code { try dealer.disconnect(bound) } == .notFound)
            dealer.options.reconnect = .never
            try router.unbind(bound)
            try dealer.connect(bound)
            let isClosed = { (event: SocketEvent) in
                if case .closed = event { true } else { false }
            }
            #expect(dealer.events.first(where: isClosed) != nil)
            try router.bind(bound)
            try dealer.connect(bound)
            try router.waitForPeers(atLeast: 1, timeout: enough)

            let push = PushSocket(context: context)
            let pull = PullSocket(context: context)
            let place = try pull.bind("tcp://127.0.0.1:*")
            for _ in 0..<2 { try push.connect(place) }
            try push.waitForPeers(atLeast: 2, timeout: enough)
        }
    }
}
