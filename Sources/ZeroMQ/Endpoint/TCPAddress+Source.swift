internal import ZeroMQReactor

extension TCPAddress {
    /// The local end for a connection to this address: of the same family, without a name lookup.
    ///
    /// Nil when no source was asked for, or when this machine has no such address of that family.
    func sourceAddress(like destination: SocketAddress) -> SocketAddress? {
        guard let source else { return nil }
        let port = source.port.portNumber
        switch source.host {
        case .any:
            return destination.isIPv6 ? .anyIPv6(port: port) : .anyIPv4(port: port)
        case .text(let host):
            if let numeric = SocketAddress(numericHost: host, port: port) {
                return numeric.isIPv6 == destination.isIPv6 ? numeric : nil
            }
            return NetworkInterface.addresses(named: host)
                .first { $0.isIPv6 == destination.isIPv6 }?
                .with(port: port)
        }
    }
}
