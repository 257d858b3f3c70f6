internal import ZeroMQ

/// Our proxy.
struct NativeProxy: PerfProxy {
    private let proxy: Proxy
    private let sockets: [any Socket]

    init(frontend: any Socket, backend: any Socket) {
        proxy = Proxy(frontend: frontend, backend: backend)
        sockets = [frontend, backend]
    }

    func run() throws {
        try proxy.run()
        for socket in sockets { socket.close() }
    }

    func stop() { proxy.terminate() }
}
