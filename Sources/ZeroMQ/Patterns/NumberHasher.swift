/// Hashes numbers that this process generated, for its tables.
enum NumberHasher {
    @inline(__always)
    static func hash(_ number: UInt64, seed: UInt64) -> UInt32 {
        let hash = TopicHasher.mix(number ^ seed, 0x9e37_79b9_7f4a_7c15)
        return UInt32(truncatingIfNeeded: hash >> 16)
    }
}
