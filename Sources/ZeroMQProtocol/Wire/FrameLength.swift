/// A length that came from the wire, checked to be usable in memory.
///
/// It is the only way from a number in a peer's bytes to an `Int`. The upper bound leaves room
/// for adding two lengths, or a header to one, without overflow.
@usableFromInline
package struct FrameLength: Sendable, Equatable {
    /// The greatest length, and so the greatest size of a body that a header may announce.
    @inlinable package static var greatest: Int { Int.max / 2 }

    @usableFromInline package let value: Int

    /// The length, unless it is greater than any buffer could be.
    @inlinable
    package init?(_ wire: UInt64) {
        // The comparison is unsigned: an announced 2^63 is huge, not negative.
        guard wire <= UInt64(Self.greatest) else { return nil }
        value = Int(truncatingIfNeeded: wire)
    }

    /// A length of one byte, which always fits.
    @inlinable
    package init(_ wire: UInt8) {
        value = Int(wire)
    }
}
