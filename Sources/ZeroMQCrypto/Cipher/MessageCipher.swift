/// Seals or opens one direction of a connection, whose nonces differ in a counter only.
///
/// What depends on key and prefix alone is worked out once.
package struct MessageCipher: Sendable {
    private let secret: SecretBytes

    package init(_ key: SharedKey, prefix: NoncePrefix) {
        secret = SecretBytes(key.subkey(prefix))
    }

    /// Seals a byte and what follows it; the target has room for both and the overhead.
    package func seal(
        head: UInt8,
        _ body: UnsafeRawBufferPointer,
        counter: UInt64,
        to target: UnsafeMutableRawPointer
    ) {
        let nonce = UInt64(littleEndian: counter.bigEndian)
        BoxCore.seal(head: head, body, key: secret.bytes32(), nonce: nonce, to: target)
    }

    /// Opens a box; the target has room for its message, and does not overlap the box.
    ///
    /// The message's first byte is what `seal` called the head.
    ///
    /// The answer is false, and the target wiped, if the box is not genuine.
    package func open(
        _ box: UnsafeRawBufferPointer,
        counter: UInt64,
        to target: UnsafeMutableRawPointer
    ) -> Bool {
        let nonce = UInt64(littleEndian: counter.bigEndian)
        return BoxCore.open(box, key: secret.bytes32(), nonce: nonce, to: target)
    }
}
