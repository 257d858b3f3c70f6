/// A key of 32 bytes that both sides have, and the boxes that it seals and opens.
///
/// Made from two key pairs it seals NaCl's `box`; used as it is, NaCl's `secretbox`.
package struct SharedKey: Sendable, Equatable {
    let secret: SecretBytes

    /// Takes 32 bytes as they are.
    package init(_ bytes: Bytes32) {
        secret = SecretBytes(bytes)
    }

    /// What a box has more bytes than the message in it.
    package static let overhead = Poly1305.tagCount

    /// The box of a message: tag, then ciphertext.
    package func seal(_ message: [UInt8], nonce: Nonce) -> [UInt8] {
        let count = message.count + Self.overhead
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let target = UnsafeMutableRawBufferPointer(buffer).baseAddress else { return }
            message.withUnsafeBytes { message in
                BoxCore.seal(
                    head: nil,
                    message,
                    key: subkey(nonce.prefix),
                    nonce: nonce.rest,
                    to: target
                )
            }
            initialized = count
        }
    }

    /// The message in a box, or nil if it was not sealed under this key and nonce.
    package func open(_ box: UnsafeRawBufferPointer, nonce: Nonce) -> [UInt8]? {
        guard box.count >= Self.overhead else { return nil }
        var isGenuine = false
        let message = [UInt8](unsafeUninitializedCapacity: box.count) { buffer, count in
            guard let target = UnsafeMutableRawBufferPointer(buffer).baseAddress else { return }
            isGenuine = BoxCore.open(
                box,
                key: subkey(nonce.prefix),
                nonce: nonce.rest,
                to: target
            )
            count = isGenuine ? box.count - Self.overhead : 0
        }
        return isGenuine ? message : nil
    }

    /// The message in a box, or nil if it was not sealed under this key and nonce.
    package func open(_ box: [UInt8], nonce: Nonce) -> [UInt8]? {
        box.withUnsafeBytes { open($0, nonce: nonce) }
    }

    /// The key of all nonces that begin with these sixteen bytes.
    func subkey(_ prefix: NoncePrefix) -> Bytes32 {
        Salsa20.derivedKey(secret.bytes32(), input: (prefix.low, prefix.high))
    }
}

extension SharedKey: CustomStringConvertible {
    package var description: String { "SharedKey(redacted)" }
}
