/// The ways in which a network may cut one sequence of bytes.
enum Splitter {
    /// All at once, every cut into two, one byte at a time, and random mixes.
    static func chunkings(of bytes: [UInt8], seed: UInt64) -> [[[UInt8]]] {
        var chunkings = [[bytes], bytes.map { [$0] }]
        for cut in 0...bytes.count {
            chunkings.append([Array(bytes[..<cut]), Array(bytes[cut...])])
        }
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<32 {
            chunkings.append(randomChunks(of: bytes, using: &generator))
        }
        return chunkings
    }

    private static func randomChunks(
        of bytes: [UInt8],
        using generator: inout SeededGenerator
    ) -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...min(rest.count, 17), using: &generator)
            chunks.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return chunks
    }
}
