internal import ZeroMQCrypto

/// The half of a CURVE key pair that everybody may know: 32 octets, 40 characters as text.
///
/// C: a value of `ZMQ_CURVE_PUBLICKEY` or `ZMQ_CURVE_SERVERKEY`.
public struct CurvePublicKey: Hashable, Sendable {
    let key: PublicKey

    init(_ key: PublicKey) {
        self.key = key
    }

    /// Takes the Z85 text of a key, 40 characters.
    /// - Throws: `invalidKey`, which names the place that is wrong.
    public init(z85 text: String) throws(ZeroMQError) {
        key = PublicKey(try KeyText.decode(text))
    }

    /// Takes the 32 octets of a key.
    /// - Throws: `invalidKey` if there are more or fewer.
    public init(octets: [UInt8]) throws(ZeroMQError) {
        key = PublicKey(try KeyText.take(octets))
    }

    /// The key as text, 40 characters of Z85.
    public var z85: String { KeyText.encode(key.octets) }

    /// The key as 32 octets.
    public var octets: [UInt8] { key.octets.array }
}

extension CurvePublicKey: CustomStringConvertible {
    /// The key as text.
    public var description: String { z85 }
}
