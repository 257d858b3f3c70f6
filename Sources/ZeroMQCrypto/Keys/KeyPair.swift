/// A secret key and the public one that belongs to it.
package struct KeyPair: Sendable, Equatable {
    package let secretKey: SecretKey
    package let publicKey: PublicKey

    /// Works the public key out.
    package init(_ secretKey: SecretKey) {
        self.secretKey = secretKey
        publicKey = secretKey.publicKey
    }
}
