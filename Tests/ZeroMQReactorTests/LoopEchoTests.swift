import Testing

@testable import ZeroMQReactor

@Suite("Streams on a loop", .tags(.threads))
struct LoopEchoTests {
    @Test("an echo over tcp returns every byte through edge-triggered events")
    func tcp() throws {
        try echo(over: .loopback(port: 0))
    }

    @Test("an echo over a Unix socket returns every byte through edge-triggered events")
    func unix() throws {
        let number = SystemClock().now.nanoseconds
        try echo(over: try #require(.unix(abstract: "zmq-echo-\(number)")))
    }

    @Test("a connection that nobody accepts is refused, and says so through the loop")
    func refused() throws {
        // No other test uses this address, so that none can take the port once it is given back.
        var listener: ListeningDescriptor? = try .listen(
            on: .ipv4(0x7f00_0003, port: 0),
            backlog: 1
        )
        let address = try #require(listener?.localAddress)
        listener = nil
        let loop = try startedLoop()
        let parker = ThreadParker()
        let outcome = Shared<SystemError?>(nil)
        let registered = try loop.perform {
            do {
                let (client, isInProgress) = try StreamDescriptor.connect(to: address)
                guard isInProgress else { return false }
                let handler = ClosureHandler { _ in
                    let error = client.finishConnect()
                    outcome.update { $0 = error }
                    parker.unpark()
                }
                _ = try loop.register(client.descriptor, handler: handler)
                return true
            } catch let error as SystemError {
                outcome.update { $0 = error }
                return false
            }
        }
        if registered {
            #expect(parker.park(until: patience))
        }
        #expect(outcome.value == .connectionRefused)
        loop.stop()
        loop.join()
    }

    private func echo(over address: SocketAddress) throws {
        let total = 1_000_000
        let loop = try startedLoop()
        let (client, server) = try pair(address)
        let parker = ThreadParker()
        let echo = EchoEnd(server)
        let source = SourceEnd(client, total: total) { parker.unpark() }
        let registrations = try loop.perform {
            [
                try loop.register(server.descriptor, handler: echo),
                try loop.register(client.descriptor, handler: source),
            ]
        }
        #expect(parker.park(until: patience))
        let received = try loop.perform {
            registrations.forEach(loop.deregister)
            return source.received
        }
        #expect(received == total)
        #expect(source.isIntact)
        loop.stop()
        loop.join()
    }
}

/// Sends back what it receives.
private final class EchoEnd: EventHandler, @unchecked Sendable {
    // Unchecked: used on the loop only.
    private let stream: StreamDescriptor
    private var pending: [UInt8] = []

    init(_ stream: StreamDescriptor) {
        self.stream = stream
    }

    func handle(_ readiness: Readiness) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            while !pending.isEmpty {
                guard case .processed(let count) = pending.withUnsafeBytes({ stream.send($0) })
                else { return }
                pending.removeFirst(count)
            }
            guard
                case .processed(let count) = buffer.withUnsafeMutableBytes({
                    stream.receive(into: $0)
                })
            else { return }
            pending = Array(buffer.prefix(count))
        }
    }
}

/// Sends a pattern and checks what comes back.
private final class SourceEnd: EventHandler, @unchecked Sendable {
    // Unchecked: used on the loop, and read by the test once the loop says it is done.
    private let stream: StreamDescriptor
    private let total: Int
    private let finished: () -> Void
    private var sent = 0
    private(set) var received = 0
    private(set) var isIntact = true

    init(_ stream: StreamDescriptor, total: Int, finished: @escaping () -> Void) {
        self.stream = stream
        self.total = total
        self.finished = finished
    }

    func handle(_ readiness: Readiness) {
        receive()
        send()
    }

    private func send() {
        while sent < total {
            let block = (sent..<min(total, sent + 1000)).map { UInt8(truncatingIfNeeded: $0) }
            guard case .processed(let count) = block.withUnsafeBytes({ stream.send($0) })
            else { return }
            sent += count
        }
    }

    private func receive() {
        var buffer = [UInt8](repeating: 0, count: 3000)
        while case .processed(let count) = buffer.withUnsafeMutableBytes({
            stream.receive(into: $0)
        }) {
            for index in 0..<count
            where buffer[index] != UInt8(truncatingIfNeeded: received + index) {
                isIntact = false
            }
            received += count
            if received == total { finished() }
        }
    }
}
