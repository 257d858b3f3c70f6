import ServiceLifecycle
import ZeroMQ

/// Answers requests until the group of services shuts down, the one under way included.
struct Answering: Service {
    let server: ReplySocket

    func run() async throws {
        for try await request in server.messages.cancelOnGracefulShutdown() {
            _ = try server.trySend(["World"] + request)
        }
        await server.close()
    }
}

/// Stands in the middle until the group of services shuts down.
struct Forwarding: Service {
    let proxy: Proxy

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await proxy.run()
        } onGracefulShutdown: {
            proxy.terminate()
        }
    }
}
