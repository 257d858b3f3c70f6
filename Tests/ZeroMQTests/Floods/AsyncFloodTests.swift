import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// Tasks on sockets that are flooded with what nobody wants to have.
@Suite("Floods and tasks", .serialized)
struct AsyncFloodTests {
    static let kinds: [FloodedSocket] = [
        .repEmpty, .repManyFrames, .subUnwanted, .subDescribed, .reqLate, .reqMalformed,
    ]

    private func flooded(
        _ kind: FloodedSocket,
        _ body: (any ReceivingSocket, Punctuality) async throws -> Void
    ) async throws {
        try await inContext { context in
            let socket = try kind.make(context)
            socket.linger = .discard
            let endpoint = try socket.bind("tcp://127.0.0.1:*")
            let flood = try Flood(
                at: endpoint,
                peers: 2,
                as: kind.peerType,
                sending: kind.bytes
            )
            defer { flood.stop() }
            try await socket.connected(atLeast: 2, timeout: enough)
            if let request = socket as? RequestSocket {
                try await request.send("question", timeout: enough)
            }
            let receiving = try #require(socket as? any ReceivingSocket)
            while socket.statistics.bytesReceived < 50_000 {
                _ = try? await receiving.receive(timeout: .milliseconds(1))
            }
            let punctuality = try Punctuality()
            defer { punctuality.stop() }
            try await body(receiving, punctuality)
        }
    }

    @Test("a receive is over in time", arguments: kinds)
    func timeout(kind: FloodedSocket) async throws {
        try await flooded(kind) { socket, punctuality in
            for _ in 0..<3 {
                let limit = Duration.milliseconds(100)
                await punctuality.check("receive", limit: limit) {
                    _ = try? await socket.receive(timeout: limit)
                }
            }
        }
    }

    @Test("a task that is cancelled ends, and others have their turn", arguments: kinds)
    func cancelling(kind: FloodedSocket) async throws {
        try await flooded(kind) { socket, punctuality in
            // More of them than threads for tasks.
            let tasks = (0..<8).map { _ in Task { try await socket.receive() } }
            await punctuality.check("another task") { await Task { await Task.yield() }.value }
            for task in tasks { task.cancel() }
            await punctuality.check("cancelling") {
                for task in tasks { _ = try? await task.value }
            }
            await punctuality.check("close") { _ = await socket.close() }
        }
    }
}
