internal import ZeroMQReactor

/// Every way in which a text names the place of an endpoint, found without asking anybody else.
///
/// `tcp://*:5555` and `tcp://0.0.0.0:5555` are one place, and so are an interface and its address.
/// A host name is looked up once, by `bind`, and not again: its entry remembers the name.
struct EndpointNames {
    private let given: Endpoint
    private let places: Set<Endpoint>

    init(_ endpoint: Endpoint) {
        given = endpoint
        places = Set(Self.places(of: endpoint))
    }

    private static func places(of endpoint: Endpoint) -> [Endpoint] {
        guard case .tcp(let address) = endpoint.address, address.source == nil,
            case .number(let port) = address.port
        else { return [] }
        guard case .text(let host) = address.host else {
            return [SocketAddress.anyIPv4(port: port), .anyIPv6(port: port)]
                .map { .tcp($0.host, port: port) }
        }
        if let numeric = SocketAddress(numericHost: host, port: port) {
            return [.tcp(numeric.host, port: port)]
        }
        return NetworkInterface.addresses(named: host).map { .tcp($0.host, port: port) }
    }

    /// A numeric host as the system writes it; any other endpoint as it is.
    private static func normalized(_ endpoint: Endpoint) -> Endpoint {
        guard case .tcp(let address) = endpoint.address, address.source == nil,
            case .text(let host) = address.host, case .number(let port) = address.port,
            let numeric = SocketAddress(numericHost: host, port: port)
        else { return endpoint }
        return .tcp(numeric.host, port: port)
    }

    /// The entries that are meant: what `bind` returned is meant for certain, the text it was given
    /// more likely than another name of the same place.
    func select(from entries: [SocketLife.Entry]) -> [SocketLife.Entry] {
        let tests: [(SocketLife.Entry) -> Bool] = [
            { $0.endpoint == given },
            { $0.given == given || $0.givenWithPort == given },
            { places.contains(Self.normalized($0.endpoint)) },
        ]
        for test in tests {
            let found = entries.filter(test)
            if !found.isEmpty { return found }
        }
        return []
    }
}

extension SocketLife {
    /// Takes out the entries that an endpoint names.
    ///
    /// What `bind` was given, such as `*` or `localhost`, is as good as what it returned as long as
    /// it names one place only.
    mutating func takeEntries(
        at endpoint: Endpoint,
        _ names: EndpointNames,
        isBound: Bool
    ) throws(ZeroMQError) -> [Entry] {
        let meant = names.select(from: entries.filter { $0.isBound == isBound })
        let verb = isBound ? "bound" : "connected"
        guard let first = meant.first else {
            throw ZeroMQError(
                .notFound,
                "the socket is not \(verb) to this endpoint",
                endpoint: endpoint,
                hint: isBound ? "use the endpoint that bind returned" : nil
            )
        }
        guard meant.allSatisfy({ $0.endpoint == first.endpoint }) else {
            throw ZeroMQError(
                .notFound,
                "the socket is \(verb) to several endpoints that this may name",
                endpoint: endpoint,
                hint: "use one of \(meant.map { "\($0.endpoint)" }.joined(separator: ", "))"
            )
        }
        entries.removeAll { $0.isBound == isBound && $0.endpoint == first.endpoint }
        departing += meant
        return meant
    }
}

extension SocketLife.Entry {
    /// What `bind` was given, with the port that the system chose.
    fileprivate var givenWithPort: Endpoint {
        guard case .tcp(var address) = given.address, let port = endpoint.port else { return given }
        address.port = .number(port)
        return Endpoint(address: .tcp(address))
    }
}
