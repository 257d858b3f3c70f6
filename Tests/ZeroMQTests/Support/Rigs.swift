import Testing
import ZeroMQ
import ZeroMQReactor

/// Long enough for any machine; reached only when a test fails.
let enough = Duration.seconds(10)

/// One endpoint of each transport. Ports and names are chosen anew by every bind.
let transports = ["tcp://127.0.0.1:*", "ipc://*", "inproc://somewhere"]

/// Transports that have descriptors.
let wires = ["tcp://127.0.0.1:*", "ipc://*"]

/// The same, at endpoints that can be bound a second time; the path is a new one in each process.
let fixedWires = ["tcp://127.0.0.1:*", "ipc:///tmp/zeromq-tests-\(UInt64.random(in: 0 ... .max))"]

/// Runs a test in a context of its own, which is gone afterwards, with all its threads.
func inContext(_ body: (Context) throws -> Void) throws {
    let context = Context()
    defer { context.shutDown() }
    try body(context)
}

/// A thread whose outcome the test waits for.
final class Worker<Value: Sendable>: Sendable {
    private let outcome = Locked<Result<Value, any Error>?>(nil)
    private let thread = Locked<SystemThread?>(nil)

    init(_ body: @escaping @Sendable () throws -> Value) throws {
        let started = try SystemThread.start(name: "worker") { [outcome] in
            let result = Result { try body() }
            outcome.withLock { $0 = result }
        }
        thread.withLock { $0 = started }
    }

    /// The value, or the error that was thrown; fails if the thread hangs.
    func value() throws -> Value {
        let thread = try #require(thread.withLock { $0 })
        try #require(
            thread.join(until: SystemClock().now + .seconds(60)),
            "a thread did not come to its end"
        )
        return try #require(outcome.withLock { $0 }).get()
    }
}

extension ReceivingSocket {
    /// Receives a message that must come.
    func next() throws -> Message { try receive(timeout: enough) }

    /// Receives messages that must come.
    func next(_ count: Int) throws -> [Message] { try (0..<count).map { _ in try next() } }
}

extension SendingSocket {
    /// Sends a message that must find room.
    func put(_ message: Message) throws { try send(message, timeout: enough) }
}

extension SocketEvents {
    /// Takes events until one is as wanted; nil if none came.
    func first(where isWanted: (SocketEvent) -> Bool) -> SocketEvent? {
        while let event = next(timeout: enough) {
            if isWanted(event) { return event }
        }
        return nil
    }
}

/// The code of the error that a call throws, or nil if it throws none.
func code(_ body: () throws -> Void) -> ZeroMQError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? ZeroMQError)?.code
    }
}
