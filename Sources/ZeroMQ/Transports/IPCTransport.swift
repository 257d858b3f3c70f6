internal import ZeroMQReactor

/// Unix-domain stream sockets: paths, abstract names, and temporary paths.
enum IPCTransport {
    static func resolve(_ address: IPCAddress) -> Result<[SocketAddress], ResolutionError> {
        let found: SocketAddress? =
            switch address {
            case .path(let path): .unix(path: path)
            case .abstract(let name): .unix(abstract: name)
            case .temporary: nil
            }
        return found.map { .success([$0]) } ?? .failure(.notFound)
    }

    static func listen(
        at address: IPCAddress,
        _ endpoint: Endpoint,
        _ options: SocketOptions
    ) throws(ZeroMQError) -> OpenedListener {
        switch address {
        case .abstract(let name):
            guard let socket = SocketAddress.unix(abstract: name) else {
                throw .invalidEndpoint("the abstract name is too long", endpoint)
            }
            let descriptor = try open(socket, endpoint, options)
            return OpenedListener(descriptor: descriptor, endpoint: endpoint, file: nil)
        case .path(let path):
            return try listen(atPath: path, in: nil, endpoint, options)
        case .temporary:
            do throws(SystemError) {
                let directory = try FileSystem.makeTemporaryDirectory(prefix: "zeromq-")
                return try listenInDirectory(directory, options)
            } catch {
                throw ZeroMQError(
                    .systemFailure,
                    "no temporary directory could be made",
                    system: error,
                    endpoint: endpoint,
                    hint: "TMPDIR says where"
                )
            }
        }
    }

    private static func listenInDirectory(
        _ directory: String,
        _ options: SocketOptions
    ) throws(SystemError) -> OpenedListener {
        let path = directory + "/socket"
        do {
            return try listen(atPath: path, in: directory, .ipc(path), options)
        } catch {
            throw SystemError(errno: error.systemErrno ?? 0)
        }
    }

    private static func listen(
        atPath path: String,
        in directory: String?,
        _ endpoint: Endpoint,
        _ options: SocketOptions
    ) throws(ZeroMQError) -> OpenedListener {
        guard let address = SocketAddress.unix(path: path) else {
            throw .invalidEndpoint("the path is too long", endpoint)
        }
        try reclaim(path, address, endpoint)
        let descriptor = try open(address, endpoint, options)
        let file = SocketFile(path: path, directory: directory)
        return OpenedListener(descriptor: descriptor, endpoint: endpoint, file: file)
    }

    /// Removes a socket file that nobody listens at any more. Other files are never touched.
    private static func reclaim(
        _ path: String,
        _ address: SocketAddress,
        _ endpoint: Endpoint
    ) throws(ZeroMQError) {
        do throws(SystemError) {
            switch try FileSystem.kind(of: path) {
            case .missing: return
            case .other: break
            case .socket where try isAlive(address): break
            case .socket: return try FileSystem.unlink(path)
            }
        } catch {
            throw ZeroMQError(binding: endpoint, error)
        }
        throw ZeroMQError(
            .addressInUse,
            "something stands at this path: a live socket, or no socket at all",
            endpoint: endpoint,
            hint: "choose another path, or remove the file if it is yours"
        )
    }

    /// Whether somebody listens at a socket file: asked by connecting to it.
    private static func isAlive(_ address: SocketAddress) throws(SystemError) -> Bool {
        do {
            let attempt = try StreamDescriptor.connect(to: address)
            attempt.stream.close()
            return true
        } catch .connectionRefused {
            return false
        } catch {
            // A full backlog answers "try again": somebody is there.
            return true
        }
    }

    private static func open(
        _ address: SocketAddress,
        _ endpoint: Endpoint,
        _ options: SocketOptions
    ) throws(ZeroMQError) -> ListeningDescriptor {
        do {
            return try ListeningDescriptor.listen(
                on: address,
                backlog: options.kernelBacklog,
                options: options.descriptorOptions
            )
        } catch {
            throw ZeroMQError(binding: endpoint, error)
        }
    }
}
