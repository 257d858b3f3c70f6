internal import ZeroMQCrypto

/// The half of a CURVE key pair that only its owner knows; it prints as redacted.
///
/// It is wiped from memory when the last copy goes. C: a value of `ZMQ_CURVE_SECRETKEY`.
public struct CurveSecretKey: Hashable, Sendable {
    let key: SecretKey

    init(_ key: SecretKey) {
        self.key = key
    }

    /// Takes the Z85 text of a key, 40 characters.
    /// - Throws: `invalidKey`, which names the place that is wrong.
    public init(z85 text: String) throws(ZeroMQError) {
        key = SecretKey(try KeyText.decode(text))
    }

    /// Takes the 32 bytes of a key.
    /// - Throws: `invalidKey` if there are more or fewer.
    public init(bytes: [UInt8]) throws(ZeroMQError) {
        key = SecretKey(try KeyText.take(bytes))
    }

    /// The key as text, 40 characters of Z85; reading it is enough to be the owner.
    public var z85: String { KeyText.encode(key.bytes) }

    /// Tells keys apart in the same time, whatever they are.
    public static func == (left: CurveSecretKey, right: CurveSecretKey) -> Bool {
        left.key == right.key
    }

    /// Adds nothing: a hash that depended on a secret would tell something of it.
    public func hash(into hasher: inout Hasher) {}
}

extension CurveSecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says that the key is not shown.
    public var description: String { "CurveSecretKey(redacted)" }
    /// Says that the key is not shown.
    public var debugDescription: String { description }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
