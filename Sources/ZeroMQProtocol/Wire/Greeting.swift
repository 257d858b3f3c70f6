/// The 64 octets with which both sides of a connection begin.
package struct Greeting: Sendable, Equatable {
    /// Octets in a greeting of ZMTP 3.x.
    package static let size = 64
    /// Where the mechanism's name stands.
    static let mechanismField = 12..<32
    /// Where the octet stands that is 1 in the greeting of a server.
    static let asServer = 32

    package let version: ProtocolVersion
    /// The mechanism's name with its padding; all 20 octets are compared.
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
        var octets: [UInt8] = [0xff]
        octets.reserveCapacity(size)
        octets.appendBigEndian(UInt64(identityCount + 1))
        octets += [0x7f, 3, 1]
        octets += mechanism.greetingField
        // No peer may judge this octet; libzmq sends zero even as a server.
        octets.append(asServer ? 1 : 0)
        octets.append(contentsOf: repeatElement(0, count: size - octets.count))
        return octets
    }
}
