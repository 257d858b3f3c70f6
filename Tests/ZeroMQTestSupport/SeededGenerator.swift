/// Random numbers that a seed makes repeatable.
public struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        // The mixing steps of SplitMix64.
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    public mutating func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            while filled < count {
                // Eight at a time, because this is slow in a build for debugging.
                withUnsafeBytes(of: next()) { word in
                    let step = min(8, count - filled)
                    UnsafeMutableRawBufferPointer(bytes)[filled...]
                        .copyBytes(from: word.prefix(step))
                    filled += step
                }
            }
        }
    }
}
