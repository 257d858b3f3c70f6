package import ZeroMQCrypto

/// A generator that gives the same numbers for the same seed (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    package mutating func bytes32() -> Bytes32 {
        // Now and then a number with many ones or zeros, as they are where carries go wrong.
        let words = (0..<4).map { _ in
            switch next() % 8 {
            case 0: UInt64.zero
            case 1: UInt64.max
            default: next()
            }
        }
        return Bytes32(w0: words[0], w1: words[1], w2: words[2], w3: words[3])
    }
}
