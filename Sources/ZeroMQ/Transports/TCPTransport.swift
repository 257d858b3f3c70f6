internal import ZeroMQReactor

/// TCP over IPv4 and IPv6: numeric hosts, interface names, host names, and ports chosen by the
/// kernel.
enum TCPTransport {
    // MARK: Listening

    static func listen(
        at address: TCPAddress,
        _ endpoint: Endpoint,
        _ options: SocketOptions,
        _ context: ContextCore
    ) throws(ZeroMQError) -> OpenedListener {
        let local = try localAddress(address, endpoint, options, context.resolver)
        let descriptor: any ListeningChannel
        do throws(SystemError) {
            descriptor = try context.network.listen(
                on: local,
                backlog: options.kernelBacklog,
                options: options.descriptorOptions
            )
        } catch {
            throw ZeroMQError(binding: endpoint, error)
        }
        // The kernel need not be asked for a port that was requested.
        guard let port = descriptor.localAddress?.port ?? local.port, port != 0 else {
            descriptor.close()
            throw .unreadableAddress(endpoint)
        }
        return OpenedListener(
            descriptor: descriptor,
            endpoint: .tcp(local.host, port: port),
            file: nil
        )
    }

    private static func localAddress(
        _ address: TCPAddress,
        _ endpoint: Endpoint,
        _ options: SocketOptions,
        _ resolver: NameResolver
    ) throws(ZeroMQError) -> SocketAddress {
        let port = address.port.portNumber
        guard case .text(let host) = address.host else {
            return options.ipv6 ? .anyIPv6(port: port) : .anyIPv4(port: port)
        }
        if let numeric = SocketAddress(numericHost: host, port: port) { return numeric }
        let interface = NetworkInterface.addresses(named: host)
        if let found = interface.first(where: { $0.isIPv6 == options.ipv6 }) ?? interface.first {
            return found.with(port: port)
        }
        return try lookUp(host, port, endpoint, options, resolver)
    }

    /// Looks a name up and waits for the result: binding is complete when `bind` returns.
    private static func lookUp(
        _ host: String,
        _ port: UInt16,
        _ endpoint: Endpoint,
        _ options: SocketOptions,
        _ resolver: NameResolver
    ) throws(ZeroMQError) -> SocketAddress {
        let answer = Locked<Result<[SocketAddress], ResolutionError>?>(nil)
        let parker = ThreadParker()
        let wanted: AddressFamily = options.ipv6 ? .any : .ipv4
        resolver.resolve(host: host, port: port, family: wanted) { result in
            answer.withLock { $0 = result }
            parker.unpark()
        }
        _ = parker.park()
        if case .success(let found) = answer.withLock({ $0 }), let first = found.first {
            return first
        }
        throw ZeroMQError(
            .addressNotAvailable,
            "\(host) is no address, interface or resolvable name here",
            endpoint: endpoint,
            hint: "* listens on every address that the machine has"
        )
    }

    // MARK: Dialling

    /// Finds a peer's addresses: at once if they are numeric, otherwise on the resolver's thread.
    static func resolve(
        _ address: TCPAddress,
        _ resolver: NameResolver,
        completion: @escaping @Sendable (Result<[SocketAddress], ResolutionError>) -> Void
    ) {
        guard case .text(let host) = address.host else {
            return completion(.failure(.notFound))
        }
        let port = address.port.portNumber
        if let numeric = SocketAddress(numericHost: host, port: port) {
            return completion(.success([numeric]))
        }
        resolver.resolve(host: host, port: port, family: .any, completion: completion)
    }
}
