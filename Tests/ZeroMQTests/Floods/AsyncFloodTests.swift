import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ

/// Tasks on sockets that are flooded with what nobody wants to have.
@Suite("Floods and tasks", .serialized)
struct AsyncFloodTests {
    static let kinds: [FloodedSocket] = [
        .repEmpty, .repManyFrames, .subUnwanted, .subDescribed, .reqLate, .reqMalformed,
        .xPubTopics, .xPubEverything, .xPubManual,
    ]
    static let publishers: [FloodedSocket] = [
        .pubTopics, .pubOldTopics, .pubManyTopics, .xPubTopics, .xPubEverything, .xPubManual,
    ]

    private func flooded(
        _ kind: FloodedSocket,
        _ body: (any Socket, Punctuality) async throws -> Void
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
            try await socket.waitForPeers(atLeast: 2, timeout: enough)
            if let request = socket as? RequestSocket {
                try await request.send("question", timeout: enough)
            }
            while socket.statistics.bytesReceived < 50_000 {
                if let receiving = socket as? any ReceivingSocket {
                    _ = try? await receiving.receive(timeout: .milliseconds(1))
                }
            }
            let punctuality = try Punctuality()
            defer { punctuality.stop() }
            try await body(socket, punctuality)
        }
    }

    @Test("a receive is over in time", arguments: kinds)
    func timeout(kind: FloodedSocket) async throws {
        try await flooded(kind) { socket, punctuality in
            let socket = try #require(socket as? any ReceivingSocket)
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
            let socket = try #require(socket as? any ReceivingSocket)
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

    @Test("a task that waits for subscribers is over in time", arguments: publishers)
    func subscribers(kind: FloodedSocket) async throws {
        try await flooded(kind) { socket, punctuality in
            let socket = try #require(socket as? any PublishingSocket)
            let limit = Duration.milliseconds(100)
            await punctuality.check("subscribers", limit: limit) {
                try? await socket.waitForSubscribers(atLeast: 9, timeout: limit)
            }
            let task = Task { try await socket.waitForSubscribers(atLeast: 9) }
            await punctuality.check("send") {
                for _ in 0..<10 { try? await socket.send("message", timeout: .zero) }
            }
            task.cancel()
            await punctuality.check("cancelling") { _ = try? await task.value }
            await punctuality.check("close") { _ = await socket.close() }
        }
    }
}
