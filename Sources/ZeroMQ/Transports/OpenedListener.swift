internal import ZeroMQReactor

/// A listening descriptor, its resolved endpoint, and its socket file, if any.
struct OpenedListener {
    let descriptor: any ListeningChannel
    let endpoint: Endpoint
    let file: SocketFile?
}

extension ContextCore {
    /// Opens a listener for an endpoint of a network transport.
    func listen(at endpoint: Endpoint, options: SocketOptions) throws(ZeroMQError) -> OpenedListener
    {
        if let number = options.listeningDescriptor { return try adopt(number, endpoint, options) }
        switch endpoint.address {
        case .tcp(let address): return try TCPTransport.listen(at: address, endpoint, options, self)
        case .ipc(let address):
            return try IPCTransport(network: network).listen(at: address, endpoint, options)
        case .inproc: preconditionFailure("inproc endpoints have no descriptor")
        }
    }

    /// Uses a descriptor that the application has opened.
    private func adopt(
        _ number: Int32,
        _ endpoint: Endpoint,
        _ options: SocketOptions
    ) throws(ZeroMQError) -> OpenedListener {
        let descriptor: ListeningDescriptor
        do throws(SystemError) {
            descriptor = try ListeningDescriptor.adopt(number, options: options.descriptorOptions)
        } catch {
            throw ZeroMQError(
                .invalidOption,
                "the option listeningDescriptor is \(number), which does not listen",
                system: error,
                endpoint: endpoint
            )
        }
        guard case .tcp(let address) = endpoint.address else {
            return OpenedListener(descriptor: descriptor, endpoint: endpoint, file: nil)
        }
        // A socket of another family has no port, whatever the endpoint says.
        guard let local = descriptor.localAddress, let port = local.port, port != 0 else {
            throw .unreadableAddress(endpoint)
        }
        var host = local.host
        if case .text(let given) = address.host { host = given }
        return OpenedListener(
            descriptor: descriptor,
            endpoint: .tcp(host, port: port),
            file: nil
        )
    }

    /// Finds the addresses to dial for an endpoint. The completion runs on the loop.
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
