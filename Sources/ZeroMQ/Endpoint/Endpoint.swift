public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    enum Address: Hashable, Sendable { case tcp(TCPAddress), ipc(IPCAddress), inproc(String) }
    let address: Address
    init(address: Address) { self.address = address }
    public init(_ text: String) throws(ZeroMQError) {
        guard let r = text.firstRange(of: "://") else { throw ZeroMQError(.invalidEndpoint, "no ://") }
        let rest = String(text[r.upperBound...])
        switch text[..<r.lowerBound] {
        case "inproc": address = .inproc(rest)
        case "ipc": address = .ipc(rest == "*" ? .temporary : rest.hasPrefix("@") ? .abstract(String(rest.dropFirst())) : .path(rest))
        case "tcp":
            guard let c = rest.lastIndex(of: ":") else { throw ZeroMQError(.invalidEndpoint, "no port") }
            let p = rest[rest.index(after: c)...]
            guard p == "*" || UInt16(p) != nil else { throw ZeroMQError(.invalidEndpoint, "bad port") }
            var h = String(rest[..<c]); if h.hasPrefix("[") { h = String(h.dropFirst().dropLast()) }
            address = .tcp(TCPAddress(host: h == "*" ? .any : .text(h), port: p == "*" || p == "0" ? .ephemeral : .number(UInt16(p) ?? 0)))
        default: throw ZeroMQError(.unsupportedTransport, "unknown transport")
        }
    }
    public static func tcp(_ h: String, port: UInt16) -> Endpoint { Endpoint(address: .tcp(TCPAddress(host: .text(h), port: .number(port)))) }
    public static func ipc(_ p: String) -> Endpoint { Endpoint(address: .ipc(.path(p))) }
    public static func inproc(_ n: String) -> Endpoint { Endpoint(address: .inproc(n)) }
    public var port: UInt16? { if case .tcp(let a) = address, case .number(let n) = a.port { return n }; return nil }
    public var description: String {
        switch address {
        case .inproc(let n): return "inproc://\(n)"
        case .ipc(.path(let p)): return "ipc://\(p)"
        case .ipc(.abstract(let p)): return "ipc://@\(p)"
        case .ipc(.temporary): return "ipc://*"
        case .tcp(let a): 
            var h = "*"; if case .text(let t) = a.host { h = t.contains(":") ? "[\(t)]" : t }
            var p = "*"; if case .number(let n) = a.port { p = "\(n)" }
            return "tcp://\(h):\(p)"
        }
    }
    func checkBindable() throws(ZeroMQError) {}
    func checkConnectable() throws(ZeroMQError) {}
}
struct TCPAddress: Hashable, Sendable {
    enum Host: Hashable, Sendable { case any, text(String) }
    enum Port: Hashable, Sendable { case number(UInt16), ephemeral
        var number: UInt16 { if case .number(let n) = self { return n }; return 0 } }
    var host: Host; var port: Port
}
enum IPCAddress: Hashable, Sendable { case path(String), abstract(String), temporary }
extension Endpoint { var inprocName: String { if case .inproc(let n) = address { return n }; return "" } }
internal import ZeroMQReactor
extension TCPAddress { func sourceAddress(like a: SocketAddress) -> SocketAddress? { nil } }
extension TCPAddress.Port { var portNumber: UInt16 { if case .number(let n) = self { return n }; return 0 } }
