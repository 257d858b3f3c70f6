/// Bytes that nobody may see: they are wiped when the last holder lets go, and print as redacted.
///
/// Holders share one piece of memory, so that copies of a key are not strewn about. What passes
/// through registers and the stack while it is used is beyond our reach.
package final class SecretBytes: @unchecked Sendable {
    // Sendable because the bytes are written before `init` returns and by `deinit` only.

    private let base: UnsafeMutableRawPointer
    package let count: Int

    /// Makes room for so many bytes, which the closure has to fill.
    package init<E: Error>(
        count: Int,
        filledBy fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        base = .allocate(byteCount: count, alignment: 16)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: count)
        self.count = count
        try fill(UnsafeMutableRawBufferPointer(start: base, count: count))
    }

    /// Copies bytes, of which the caller has to wipe the original.
    package convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
    }

    package convenience init(_ bytes: Bytes32) {
        self.init(count: Bytes32.count) { buffer in
            if let base = buffer.baseAddress { bytes.store(to: base) }
        }
    }

    deinit {
        Wiping.wipe(UnsafeMutableRawBufferPointer(start: base, count: count))
        base.deallocate()
    }

    package func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// The 32 bytes from an offset on, which have to be there.
    package func bytes32(at offset: Int = 0) -> Bytes32 {
        precondition(offset >= 0 && offset + Bytes32.count <= count, "the bytes are there")
        return Bytes32(loading: base + offset)
    }
}

extension SecretBytes: Equatable {
    package static func == (a: SecretBytes, b: SecretBytes) -> Bool {
        a.withBytes { a in b.withBytes { b in ConstantTime.areEqual(a, b) } }
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(redacted)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
