/// The half of a key pair that only its owner knows.
package struct SecretKey: Sendable, Equatable {
    private let secret: SecretOctets

    /// Takes the first 32 of octets that are secret already; they need no particular form.
    package init(_ secret: SecretOctets) {
        precondition(secret.count >= Octets32.count, "a key has 32 octets")
        self.secret = secret
    }

    package init(_ octets: Octets32) {
        secret = SecretOctets(octets)
    }

    /// The octets, which the caller must not keep.
    package var octets: Octets32 { secret.octets32() }

    /// The other half of the pair.
    package var publicKey: PublicKey { PublicKey(X25519.publicKey(of: octets)) }

    /// The key shared with the owner of a public key; nil for a public key that was made so that
    /// it would be zero.
    package func sharedKey(with theirs: PublicKey) -> SharedKey? {
        guard let shared = X25519.shared(octets, with: theirs.octets) else { return nil }
        return SharedKey(Salsa20.derivedKey(shared, input: (0, 0)))
    }
}

extension SecretKey: CustomStringConvertible {
    package var description: String { "SecretKey(redacted)" }
}
