internal import CLibrary
internal import CZeroMQKernel
internal import Synchronization

/// Random bytes from the kernel, fit for keys.
package enum KernelRandom {
    /// Fills memory with random bytes; throws if the kernel has no such call.
    package static func fill(_ memory: UnsafeMutableRawBufferPointer) throws(SystemError) {
        var rest = memory[...]
        while !rest.isEmpty {
            let part = UnsafeMutableRawBufferPointer(rebasing: rest)
            let count = try checked {
                KernelCall.invoke(SYS_getrandom, Int(bitPattern: part.baseAddress), part.count)
            }
            guard count > 0 else { throw SystemError(errno: EAGAIN) }
            rest = rest.dropFirst(count)
        }
    }
}

/// Random numbers that strangers should not guess, although guessing them reveals no secret.
///
/// The standard library's generator would end the process if the kernel refused random bytes.
package struct KernelDice: RandomNumberGenerator, Sendable {
    /// How many numbers were made without the kernel. Relaxed: each caller gets a different value.
    private static let madeUp = Atomic<UInt64>(0)

    package init() {}

    package mutating func next() -> UInt64 { Self.roll() }

    package static func roll() -> UInt64 {
        var number: UInt64 = 0
        let isFilled: ()? = withUnsafeMutableBytes(of: &number) { try? KernelRandom.fill($0) }
        return isFilled == nil ? makeUp() : number
    }

    /// A number that is different each time, and in each process.
    private static func makeUp() -> UInt64 {
        let count = madeUp.wrappingAdd(1, ordering: .relaxed).newValue
        // The steps of SplitMix64, which spread small differences over all bits.
        var number = UInt64(truncatingIfNeeded: SystemClock().now.nanoseconds)
        number ^= UInt64(UInt32(bitPattern: getpid())) << 32
        number &+= count &* 0x9e37_79b9_7f4a_7c15
        number = (number ^ number >> 30) &* 0xbf58_476d_1ce4_e5b9
        number = (number ^ number >> 27) &* 0x94d0_49bb_1331_11eb
        return number ^ number >> 31
    }
}
