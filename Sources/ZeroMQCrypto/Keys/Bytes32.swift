/// Thirty-two bytes as a value: a key, or what becomes one.
///
/// Four words in little-endian order, so that it is passed in registers and not in an array.
package struct Bytes32: Sendable, Equatable {
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

    /// Reads the 32 bytes at an address.
    package init(loading start: UnsafeRawPointer) {
        w0 = UInt64(littleEndian: start.loadUnaligned(as: UInt64.self))
        w1 = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        w2 = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        w3 = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
    }

    /// Takes 32 bytes; nil for any other number of them.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.count else { return nil }
        self.init(w0: 0, w1: 0, w2: 0, w3: 0)
        for (index, byte) in bytes.enumerated() {
            let shifted = UInt64(byte) << UInt64(truncatingIfNeeded: (index & 7) * 8)
            switch index >> 3 {
            case 0: w0 |= shifted
            case 1: w1 |= shifted
            case 2: w2 |= shifted
            default: w3 |= shifted
            }
        }
    }

    /// Writes the 32 bytes to an address.
    package func store(to target: UnsafeMutableRawPointer) {
        target.storeBytes(of: w0.littleEndian, as: UInt64.self)
        target.storeBytes(of: w1.littleEndian, toByteOffset: 8, as: UInt64.self)
        target.storeBytes(of: w2.littleEndian, toByteOffset: 16, as: UInt64.self)
        target.storeBytes(of: w3.littleEndian, toByteOffset: 24, as: UInt64.self)
    }

    /// The bytes as an array.
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

    /// The same time whatever the bytes are.
    package static func == (a: Bytes32, b: Bytes32) -> Bool {
        ConstantTime.isZero(
            Bytes32(w0: a.w0 ^ b.w0, w1: a.w1 ^ b.w1, w2: a.w2 ^ b.w2, w3: a.w3 ^ b.w3)
        )
    }
}
