internal import CLibrary

/// One stretch of memory in a gathered write, laid out as the kernel reads it.
package struct IOVector {
    /// The start of the stretch.
    package var base: UnsafeRawPointer?
    /// The number of bytes.
    package var count: Int

    /// Describes a stretch of memory, which must outlive the write.
    @inlinable
    package init(base: UnsafeRawPointer?, count: Int) {
        self.base = base
        self.count = count
    }

    /// How many stretches the kernel accepts in one call.
    package static let maximumPerCall = 1024
}

extension IOVector {
    /// Passes a list of stretches as the C library's own type.
    static func withKernelVectors<Result>(
        _ vectors: UnsafeBufferPointer<IOVector>,
        _ body: (UnsafeMutablePointer<iovec>?, Int) -> Result
    ) -> Result {
        assert(MemoryLayout<IOVector>.stride == MemoryLayout<iovec>.stride)
        let count = min(vectors.count, maximumPerCall)
        // Both types are a pointer followed by a length. The kernel only reads them in a write.
        let raw = UnsafeMutableRawPointer(mutating: UnsafeRawPointer(vectors.baseAddress))
        return body(raw?.assumingMemoryBound(to: iovec.self), count)
    }
}
