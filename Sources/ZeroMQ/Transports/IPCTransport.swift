internal import ZeroMQReactor

/// Unix-domain stream sockets: paths, abstract names, and temporary paths.
struct IPCTransport {
    let network: any Network

    static func resolve(_ address: IPCAddress) -> Result<[SocketAddress], ResolutionError> {
        let found: SocketAddress? =
            switch address {
            case .path(let path): .unix(path: path)
            case .abstract(let name): .unix(abstract: name)
            case .temporary: nil
            }
        return found.map { .success([$0]) } ?? .failure(.notFound)
    }

    func listen(
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
            return try listen(atPath: path, in: nil, options)
        case .temporary:
            return try listenInNewDirectory(endpoint, options)
        }
    }

    private func listenInNewDirectory(
        _ endpoint: Endpoint,
        _ options: SocketOptions
    ) throws(ZeroMQError) -> OpenedListener {
        let directory: String
        do throws(SystemError) {
            directory = try FileSystem.makeTemporaryDirectory(prefix: "zeromq-")
        } catch {
            throw ZeroMQError(
                .systemFailure,
                "no temporary directory could be made",
                system: error,
                endpoint: endpoint,
                hint: "TMPDIR says where"
            )
        }
        do throws(ZeroMQError) {
            return try listen(atPath: directory + "/socket", in: directory, options)
        } catch {
            try? FileSystem.removeDirectory(directory)
            throw error
        }
    }

    private func listen(
        atPath path: String,
        in directory: String?,
        _ options: SocketOptions
    ) throws(ZeroMQError) -> OpenedListener {
        let endpoint = Endpoint.ipc(path)
        guard let address = SocketAddress.unix(path: path) else {
            throw ZeroMQError(
                .pathTooLong,
                "the path has more bytes than a socket's address holds",
                endpoint: endpoint,
                hint: "choose a shorter path, or set TMPDIR to one for ipc://*"
            )
        }
        try reclaim(path, address, endpoint)
        let descriptor = try open(address, endpoint, options)
        let file = SocketFile(path: path, directory: directory)
        return OpenedListener(descriptor: descriptor, endpoint: endpoint, file: file)
    }

    /// Removes a socket file without a listener. Other files are never touched.
    private func reclaim(
        _ path: String,
        _ address: SocketAddress,
        _ endpoint: Endpoint
    ) throws(ZeroMQError) {
        let obstacle: String
        do throws(SystemError) {
            switch try FileSystem.kind(of: path) {
            case .missing: return
            case .other: obstacle = "the file at this path is no socket"
            case .socket where try isAlive(address): obstacle = "a socket listens at this path"
            case .socket: return try FileSystem.unlink(path)
            }
        } catch {
            throw ZeroMQError(binding: endpoint, error)
        }
        throw ZeroMQError(
            .addressInUse,
            obstacle,
            endpoint: endpoint,
            hint: "choose another path, or remove the file if it is yours"
        )
    }

    /// Tries to connect, to find out whether a process listens at a socket file.
    private func isAlive(_ address: SocketAddress) throws(SystemError) -> Bool {
        do throws(SystemError) {
            let attempt = try network.connect(
                to: address,
                from: nil,
                options: DescriptorOptions()
            )
            attempt.stream.close()
            return true
        } catch {
            if error == .connectionRefused { return false }
            // If the attempt failed for lack of resources, the answer is unknown.
            if error.isShortage { throw error }
            // A full backlog answers "try again": the listener is alive.
            return true
        }
    }

    private func open(
        _ address: SocketAddress,
        _ endpoint: Endpoint,
        _ options: SocketOptions
    ) throws(ZeroMQError) -> any ListeningChannel {
        do throws(SystemError) {
            return try network.listen(
                on: address,
                backlog: options.kernelBacklog,
                options: options.descriptorOptions
            )
        } catch {
            throw ZeroMQError(binding: endpoint, error)
        }
    }
}
