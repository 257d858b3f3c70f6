/// A key that everybody may know.
package struct PublicKey: Sendable, Hashable {
    package let bytes: Bytes32

    package init(_ bytes: Bytes32) {
        self.bytes = bytes
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(bytes.w0)
        hasher.combine(bytes.w1)
        hasher.combine(bytes.w2)
        hasher.combine(bytes.w3)
    }
}
