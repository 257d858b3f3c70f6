internal import Synchronization

/// Overwriting memory that held a secret.
package enum Wiping {
    /// Writes zeros that the compiler may not leave out, though nobody reads them afterwards.
    ///
    /// An ordinary store before a deallocation is removed as useless; an atomic one is not.
    package static func wipe(_ memory: UnsafeMutableRawBufferPointer) {
        guard let base = memory.baseAddress else { return }
        let bytes = base.assumingMemoryBound(to: Atomic<UInt8>.self)
        for index in 0..<memory.count { bytes[index].store(0, ordering: .relaxed) }
    }

    /// Overwrites the elements of an array that nobody else holds.
    package static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { wipe($0) }
        bytes.removeAll()
    }
}
