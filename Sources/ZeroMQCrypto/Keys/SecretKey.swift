/// The half of a key pair that only its owner knows.
package struct SecretKey: Sendable, Equatable {
    private let secret: SecretBytes

    /// Takes the first 32 of bytes that are secret already; they need no particular form.
    package init(_ secret: SecretBytes) {
        precondition(secret.count >= Bytes32.count, "a key has 32 bytes")
        self.secret = secret
    }

    package init(_ bytes: Bytes32) {
        secret = SecretBytes(bytes)
    }

    /// The bytes, which the caller must not keep.
    package var bytes: Bytes32 { secret.bytes32() }

    /// The other half of the pair.
    package var publicKey: PublicKey { PublicKey(X25519.publicKey(of: bytes)) }

    /// The key shared with the owner of a public key; nil for a public key that was made so that
    /// it would be zero.
    package func sharedKey(with theirs: PublicKey) -> SharedKey? {
        guard let shared = X25519.shared(bytes, with: theirs.bytes) else { return nil }
        return SharedKey(Salsa20.derivedKey(shared, input: (0, 0)))
    }
}

extension SecretKey: CustomStringConvertible {
    package var description: String { "SecretKey(redacted)" }
}
