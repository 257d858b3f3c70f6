internal import CZeroMQKernel
internal import Glibc

/// Random octets from the kernel, fit for keys.
package enum KernelRandom {
    /// Fills memory; throws when the kernel has no such call.
    package static func fill(_ memory: UnsafeMutableRawBufferPointer) throws(SystemError) {
        var rest = memory[...]
        while !rest.isEmpty {
            let part = UnsafeMutableRawBufferPointer(rebasing: rest)
            let count = KernelCall.invoke(
                SYS_getrandom,
                Int(bitPattern: part.baseAddress),
                part.count
            )
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw SystemError(errno: errno)
            }
        }
    }
}
