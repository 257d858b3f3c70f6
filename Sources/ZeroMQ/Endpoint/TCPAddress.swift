/// A TCP destination or listening place, and optionally where connections to it come from.
struct TCPAddress: Hashable, Sendable {
    /// Which interface or machine.
    enum Host: Hashable, Sendable {
        /// Every interface, written `*`; only for binding and for sources.
        case any
        /// A number, an interface name or a host name; an IPv6 number stands here without brackets.
        case text(String)

        /// Reads a host that is known to be nothing but a host.
        init(_ text: String) {
            let bytes = text.utf8
            if bytes.elementsEqual("*".utf8) {
                self = .any
            } else if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]"),
                bytes.count > 1
            {
                self = .text(String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self))
            } else {
                self = .text(text)
            }
        }
    }

    /// Which port.
    enum Port: Hashable, Sendable {
        case number(UInt16)
        /// One that the system chooses, written `*` or `0`; only for binding and for sources.
        case ephemeral

        init(_ number: UInt16) {
            self = number == 0 ? .ephemeral : .number(number)
        }

        /// The port as the kernel wants it, where 0 asks it to choose.
        var portNumber: UInt16 {
            switch self {
            case .number(let number): number
            case .ephemeral: 0
            }
        }
    }

    /// The local end of outgoing connections, as in `tcp://source:0;host:5555`.
    struct Source: Hashable, Sendable {
        var host: Host
        var port: Port
    }

    var host: Host
    var port: Port
    var source: Source?

    init(host: Host, port: Port, source: Source? = nil) {
        self.host = host
        self.port = port
        self.source = source
    }
}

extension TCPAddress: CustomStringConvertible {
    /// The part of an endpoint after `tcp://`.
    var description: String {
        let destination = "\(host):\(port)"
        return source.map { "\($0.host):\($0.port);\(destination)" } ?? destination
    }
}

extension TCPAddress.Host: CustomStringConvertible {
    /// The host as endpoints write it; brackets keep the colons of IPv6 apart from the port's.
    var description: String {
        switch self {
        case .any: "*"
        case .text(let text): text.utf8.contains(UInt8(ascii: ":")) ? "[\(text)]" : text
        }
    }
}

extension TCPAddress.Port: CustomStringConvertible {
    /// The port as endpoints write it.
    var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .ephemeral: "*"
        }
    }
}
