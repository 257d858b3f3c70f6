/// A SOCKS5 proxy that makes connections for others.
public struct SOCKSProxy: Hashable, Sendable {
    /// The proxy's host: a numeric address or a name.
    ///
    /// C: `ZMQ_SOCKS_PROXY`, the part before the colon.
    public var host: String

    /// The port at which the proxy listens.
    public var port: UInt16

    /// Who is asking; nil if the proxy does not want to know.
    ///
    /// C: `ZMQ_SOCKS_USERNAME`. 1 to 255 octets.
    public var username: String?

    /// The password that goes with the name.
    ///
    /// C: `ZMQ_SOCKS_PASSWORD`. At most 255 octets.
    public var password: String?

    /// A proxy at an address, with a name and password if it asks for them.
    public init(host: String, port: UInt16 = 1080, username: String? = nil, password: String? = nil)
    {
        self.host = host
        self.port = port
        self.username = username
        self.password = password
    }
}
