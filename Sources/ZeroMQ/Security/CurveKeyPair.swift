internal import ZeroMQCrypto
internal import ZeroMQReactor

/// A CURVE key pair: who this side is.
///
/// C: `zmq_curve_keypair`, `zmq_curve_public`.
public struct CurveKeyPair: Hashable, Sendable {
    /// What only this side may know.
    public let secretKey: CurveSecretKey
    /// What the others know this side by.
    public let publicKey: CurvePublicKey

    /// Makes a new pair from the kernel's randomness.
    /// - Throws: `systemFailure` if the kernel has none.
    public init() throws(ZeroMQError) {
        do throws(SystemError) {
            let bytes = try SecretBytes(count: Bytes32.count) { memory throws(SystemError) in
                try KernelRandom.fill(memory)
            }
            self.init(secretKey: CurveSecretKey(SecretKey(bytes)))
        } catch {
            throw ZeroMQError(.systemFailure, "the kernel gives no random bytes", system: error)
        }
    }

    /// Works out the public key that belongs to a secret one.
    public init(secretKey: CurveSecretKey) {
        self.secretKey = secretKey
        publicKey = CurvePublicKey(secretKey.key.publicKey)
    }

    var pair: KeyPair { KeyPair(secretKey.key, publicKey: publicKey.key) }
}
