/// Thirty-two octets as a value: a key, or what becomes one.
///
/// Four words in little-endian order, so that it is passed in registers and not in an array.
package struct Octets32: Sendable, Equatable {
    package var w0: UInt64
    package var w1: UInt64
    package var w2: UInt64
    package var w3: UInt64

    package static let count = 32

    @inlinable
    package init(w0: UInt64, w1: UInt64, w2: UInt64, w3: UInt64) {
        self.w0 = w0
        self.w1 = w1
        self.w2 = w2
        self.w3 = w3
    }

    /// Reads the 32 octets at an address.
    package init(loading start: UnsafeRawPointer) {
        w0 = UInt64(littleEndian: start.loadUnaligned(as: UInt64.self))
        w1 = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        w2 = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        w3 = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
    }

    /// Takes 32 octets; nil for any other number of them.
    package init?(_ octets: some Collection<UInt8>) {
        guard octets.count == Self.count else { return nil }
        self.init(w0: 0, w1: 0, w2: 0, w3: 0)
        for (index, octet) in octets.enumerated() {
            let shifted = UInt64(octet) << UInt64(truncatingIfNeeded: (index & 7) * 8)
            switch index >> 3 {
            case 0: w0 |= shifted
            case 1: w1 |= shifted
            case 2: w2 |= shifted
            default: w3 |= shifted
            }
        }
    }

    /// Writes the 32 octets to an address.
    package func store(to target: UnsafeMutableRawPointer) {
        target.storeBytes(of: w0.littleEndian, as: UInt64.self)
        target.storeBytes(of: w1.littleEndian, toByteOffset: 8, as: UInt64.self)
        target.storeBytes(of: w2.littleEndian, toByteOffset: 16, as: UInt64.self)
        target.storeBytes(of: w3.littleEndian, toByteOffset: 24, as: UInt64.self)
    }

    /// The octets as an array.
    package var array: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.count) { buffer, count in
            if let base = buffer.baseAddress { store(to: base) }
            count = Self.count
        }
    }

    /// One of the four words; the number of the word is never a secret.
    @inline(__always)
    func word(_ number: Int) -> UInt64 {
        switch number {
        case 0: w0
        case 1: w1
        case 2: w2
        default: w3
        }
    }

    /// The same time whatever the octets are.
    package static func == (a: Octets32, b: Octets32) -> Bool {
        ConstantTime.isZero(
            Octets32(w0: a.w0 ^ b.w0, w1: a.w1 ^ b.w1, w2: a.w2 ^ b.w2, w3: a.w3 ^ b.w3)
        )
    }
}
