/// A secret key and the public one that belongs to it.
package struct KeyPair: Sendable, Equatable {
    package let secretKey: SecretKey
    package let publicKey: PublicKey

    /// Takes two keys that belong together.
    package init(_ secretKey: SecretKey, publicKey: PublicKey) {
        self.secretKey = secretKey
        self.publicKey = publicKey
    }

    /// Works the public key out.
    package init(_ secretKey: SecretKey) {
        self.secretKey = secretKey
        publicKey = secretKey.publicKey
    }
}
