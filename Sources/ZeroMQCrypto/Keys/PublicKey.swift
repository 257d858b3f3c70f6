/// A key that everybody may know.
package struct PublicKey: Sendable, Hashable {
    package let octets: Octets32

    package init(_ octets: Octets32) {
        self.octets = octets
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(octets.w0)
        hasher.combine(octets.w1)
        hasher.combine(octets.w2)
        hasher.combine(octets.w3)
    }
}
