internal import ZeroMQCrypto

/// The half of a CURVE key pair that everybody may know: 32 bytes, 40 characters as text.
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

    /// Takes the 32 bytes of a key.
    /// - Throws: `invalidKey` if there are more or fewer.
    public init(bytes: [UInt8]) throws(ZeroMQError) {
        key = PublicKey(try KeyText.take(bytes))
    }

    /// The key as text, 40 characters of Z85.
    public var z85: String { KeyText.encode(key.bytes) }

    /// The key as 32 bytes.
    public var bytes: [UInt8] { key.bytes.array }
}

extension CurvePublicKey: CustomStringConvertible {
    /// The key as text.
    public var description: String { z85 }
}
