internal import LibZMQ

/// The proxy of libzmq, which runs until its context is shut down.
struct LibZMQProxy: PerfProxy {
    let frontend: LibZMQPerfSocket
    let backend: LibZMQPerfSocket
    let context: LibZMQ.Context

    func run() throws {
        do throws(LibZMQ.Failure) {
            try frontend.socket.proxy(to: backend.socket)
        } catch {
            guard error.number == LibZMQ.ErrorNumber.terminated else { throw error }
        }
        frontend.close()
        backend.close()
    }

    func stop() throws { try context.shutDown() }
}
