internal import ZeroMQReactor

extension Endpoint {
    /// The longest inproc name, in bytes.
    static let longestInprocName = 256

    /// Throws unless this endpoint can be listened at.
    func checkBindable() throws(ZeroMQError) {
        try check()
        guard case .tcp(let address) = address, address.source != nil else { return }
        throw .badEndpoint(
            "the part before \";\" names the source of a connection and has no meaning for bind",
            endpoint: self,
            hint: "give only the address to listen at"
        )
    }

    /// Throws unless this endpoint names one place to connect to.
    func checkConnectable() throws(ZeroMQError) {
        try check()
        switch address {
        case .tcp(let address): try checkDestination(address)
        case .ipc(.temporary):
            throw .badEndpoint(
                "the path \"*\" means \"any\" and can only be bound",
                endpoint: self,
                hint: "connect to the endpoint that bind returned"
            )
        case .ipc, .inproc: break
        }
    }

    /// Throws if an IPv6 address is local to a link and nothing says to which one.
    ///
    /// The kernel would say no more than that an argument is invalid, and for a connection only an
    /// event would tell of it.
    func checkLink(_ options: SocketOptions) throws(ZeroMQError) {
        guard case .tcp(let address) = address, options.bindToDevice == nil,
            options.listeningDescriptor == nil
        else { return }
        let isFromLink = address.source?.host.isOfKnownLink == true
        // What is behind a proxy is the proxy's affair.
        let hosts = [
            options.socksProxy == nil && !isFromLink ? address.host : nil, address.source?.host,
        ]
        for case .text(let host)? in hosts where TCPAddress.Host.text(host).isOfUnknownLink {
            throw .badEndpoint(
                "the address \(host) is local to a link, and the machine may have several",
                endpoint: self,
                hint: "name the interface: tcp://[\(host)%eth0]:5555"
            )
        }
    }

    private func checkDestination(_ address: TCPAddress) throws(ZeroMQError) {
        if address.host == .any {
            throw .badEndpoint(
                "the host \"*\" means every interface and can only be bound",
                endpoint: self,
                hint: "connect to the name or number of one host"
            )
        }
        if address.port == .ephemeral {
            throw .badEndpoint(
                "a port of 0 or \"*\" is chosen by the system and can only be bound",
                endpoint: self,
                hint: "connect to the endpoint that bind returned"
            )
        }
    }

    /// Throws unless every part has the form its transport demands.
    func check() throws(ZeroMQError) {
        switch address {
        case .tcp(let address): try address.check()
        case .ipc(let address): try address.check()
        case .inproc(let name): try Self.checkInprocName(name)
        }
    }

    private static func checkInprocName(_ name: String) throws(ZeroMQError) {
        let bytes = name.utf8
        if bytes.isEmpty {
            throw .badEndpoint("the inproc name is empty")
        }
        if bytes.count > longestInprocName {
            throw .badEndpoint(
                "the inproc name has \(bytes.count) bytes; the limit is \(longestInprocName)"
            )
        }
        if bytes.contains(0) {
            throw .badEndpoint("the inproc name \(quoted(name)) contains a zero byte")
        }
    }
}

extension TCPAddress.Host {
    /// The interface that a link-local address names, or 0 if it names none. Nil for other hosts.
    private var scopeOfLink: UInt32? {
        guard case .text(let text) = self,
            case .ipv6(let high, _, let scope, _) = SocketAddress(numericHost: text, port: 0),
            high >> 54 == 0xfe80 >> 6
        else { return nil }
        return scope
    }

    fileprivate var isOfUnknownLink: Bool { scopeOfLink == 0 }
    fileprivate var isOfKnownLink: Bool { scopeOfLink.map { $0 != 0 } ?? false }
}
