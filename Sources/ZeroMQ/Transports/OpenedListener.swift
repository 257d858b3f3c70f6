internal import ZeroMQReactor

/// A descriptor that listens, the endpoint it turned out to be, and the file it left, if any.
struct OpenedListener {
    let descriptor: any ListeningChannel
    let endpoint: Endpoint
    let file: SocketFile?
}

extension ContextCore {
    /// Opens a listener for an endpoint of a network transport.
    func listen(at endpoint: Endpoint, options: SocketOptions) throws(ZeroMQError) -> OpenedListener
    {
        switch endpoint.address {
        case .tcp(let address): return try TCPTransport.listen(at: address, endpoint, options, self)
        case .ipc(let address):
            return try IPCTransport(network: network).listen(at: address, endpoint, options)
        case .inproc: preconditionFailure("inproc endpoints have no descriptor")
        }
    }

    /// Finds the addresses to dial for an endpoint; the completion runs on the loop.
    func resolve(
        _ endpoint: Endpoint,
        options: SocketOptions,
        on loop: EventLoop,
        completion: @escaping @Sendable (Result<[SocketAddress], ResolutionError>) -> Void
    ) {
        switch endpoint.address {
        case .tcp(let address):
            TCPTransport.resolve(address, resolver) { result in
                if loop.isOnLoop { completion(result) } else { loop.execute { completion(result) } }
            }
        case .ipc(let address): completion(IPCTransport.resolve(address))
        case .inproc: preconditionFailure("inproc endpoints are not dialled")
        }
    }
}
