/// A SOCKS5 proxy that makes connections for others.
///
/// It is told numeric hosts as numbers and looks names up itself. The source of an endpoint such as
/// `tcp://10.0.0.2:0;host:5555` is that of the connection to the proxy.
public struct SOCKSProxy: Hashable, Sendable {
    /// The proxy's host: a numeric address or a name.
    ///
    /// C: `ZMQ_SOCKS_PROXY`, the part before the colon.
    public var host: String

    /// The port at which the proxy listens.
    public var port: UInt16

    /// Who is asking; nil if the proxy does not want to know.
    ///
    /// C: `ZMQ_SOCKS_USERNAME`. 1 to 255 bytes.
    public var username: String?

    /// The password that goes with the name.
    ///
    /// C: `ZMQ_SOCKS_PASSWORD`. At most 255 bytes.
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
