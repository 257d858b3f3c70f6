/// The 64 bytes with which both sides of a connection begin.
package struct Greeting: Sendable, Equatable {
    /// Bytes in a greeting of ZMTP 3.x.
    package static let size = 64
    /// Where the mechanism's name stands.
    static let mechanismField = 12..<32
    /// Where the byte stands that is 1 in the greeting of a server.
    static let asServer = 32

    package let version: ProtocolVersion
    /// The mechanism's name with its padding; all 20 bytes are compared.
    package let mechanism: [UInt8]

    /// Our own greeting, to be sent whole as soon as the connection is open.
    ///
    /// The padding holds the length of the identity plus one, as libzmq sends it: a ZMTP 1.0 peer
    /// then sees the start of a frame it understands.
    package static func encode(
        mechanism: Mechanism,
        identityCount: Int,
        asServer: Bool
    ) -> [UInt8] {
        var bytes: [UInt8] = [0xff]
        bytes.reserveCapacity(size)
        bytes.appendBigEndian(UInt64(identityCount + 1))
        bytes += [0x7f, 3, 1]
        bytes += mechanism.greetingField
        // No peer may judge this byte; libzmq sends zero even as a server.
        bytes.append(asServer ? 1 : 0)
        bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
        return bytes
    }
}
