/// The ways in which a network may cut one sequence of octets.
enum Splitter {
    /// All at once, every cut into two, one octet at a time, and random mixes.
    static func chunkings(of octets: [UInt8], seed: UInt64) -> [[[UInt8]]] {
        var chunkings = [[octets], octets.map { [$0] }]
        for cut in 0...octets.count {
            chunkings.append([Array(octets[..<cut]), Array(octets[cut...])])
        }
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<32 {
            chunkings.append(randomChunks(of: octets, using: &generator))
        }
        return chunkings
    }

    private static func randomChunks(
        of octets: [UInt8],
        using generator: inout SeededGenerator
    ) -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        var rest = octets[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...min(rest.count, 17), using: &generator)
            chunks.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return chunks
    }
}
