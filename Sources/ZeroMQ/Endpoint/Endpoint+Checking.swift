extension Endpoint {
    /// The longest inproc name, in octets.
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
        let octets = name.utf8
        if octets.isEmpty {
            throw .badEndpoint("the inproc name is empty")
        }
        if octets.count > longestInprocName {
            throw .badEndpoint(
                "the inproc name has \(octets.count) octets; the limit is \(longestInprocName)"
            )
        }
        if octets.contains(0) {
            throw .badEndpoint("the inproc name \(quoted(name)) contains a zero octet")
        }
    }
}
