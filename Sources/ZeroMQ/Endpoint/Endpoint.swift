/// An address to bind or connect to: `tcp://127.0.0.1:5555`, `ipc:///tmp/feed`, `inproc://jobs`.
///
/// An endpoint made from text is understood completely, or refused with an error that names the
/// faulty part. One made from parts is checked when it is bound or connected.
public struct Endpoint: Hashable, Sendable {
    /// The transports and what each of them needs to know.
    enum Address: Hashable, Sendable {
        case tcp(TCPAddress)
        case ipc(IPCAddress)
        case inproc(String)
    }

    let address: Address

    init(address: Address) {
        self.address = address
    }

    /// A TCP port on a host: a name, a number with or without brackets, or `*` for every interface.
    ///
    /// Port 0 lets the system choose a port when binding.
    public static func tcp(_ host: String, port: UInt16) -> Endpoint {
        Endpoint(address: .tcp(TCPAddress(host: .init(host), port: .init(port))))
    }

    /// A Unix socket: a path, `@name` in Linux's abstract namespace, or `*` for a temporary path.
    ///
    /// The file is removed when the endpoint is closed, or when the process exits. One that is left
    /// of a process that was killed is replaced by the next bind.
    public static func ipc(_ path: String) -> Endpoint {
        Endpoint(address: .ipc(IPCAddress(path)))
    }

    /// A name within one context, for sockets of the same process.
    public static func inproc(_ name: String) -> Endpoint {
        Endpoint(address: .inproc(name))
    }

    /// The TCP port, or nil for another transport and for a port that the system is yet to choose.
    public var port: UInt16? {
        guard case .tcp(let address) = address, case .number(let port) = address.port else {
            return nil
        }
        return port
    }

    /// The name of an inproc endpoint. Asked only where the transport is known.
    var inprocName: String {
        guard case .inproc(let name) = address else {
            preconditionFailure("Only an inproc endpoint has an inproc name.")
        }
        return name
    }
}

extension Endpoint: CustomStringConvertible {
    /// The endpoint as text, from which the same endpoint can be made again.
    public var description: String {
        switch address {
        case .tcp(let address): "tcp://\(address)"
        case .ipc(let address): "ipc://\(address)"
        case .inproc(let name): "inproc://\(name)"
        }
    }
}
