import Testing
import ZeroMQProtocol

@Suite("Metadata")
struct MetadataTests {
    private func parse(_ octets: [UInt8], limit: Int = 64) -> Result<Metadata, ProtocolError> {
        octets.withUnsafeBytes { buffer in
            Result { () throws(ProtocolError) -> Metadata in
                try Metadata(parsing: buffer, limit: limit)
            }
        }
    }

    @Test("what was encoded is read back, and equals an independent encoding")
    func roundTrip() {
        let seed = SeededGenerator.freshSeed()
        var generator = SeededGenerator(seed: seed)
        let letters = Array("ABCXYZabcxyz0189-_.+")
        for _ in 0..<500 {
            let properties = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                let length = Int.random(in: 1...255, using: &generator)
                let name = String(
                    (0..<length).compactMap { _ in
                        letters.randomElement(using: &generator)
                    }
                )
                let count = Int.random(in: 0...400, using: &generator)
                return MetadataProperty(name: name, value: generator.octets(count))
            }
            let octets = Metadata(properties).encoded()
            #expect(octets == properties.flatMap { RawPeer.property($0.name, $0.value) })
            #expect(parse(octets) == .success(Metadata(properties)), "seed \(seed)")
        }
    }

    @Test("a list cut anywhere but between properties is refused")
    func truncated() {
        let first = RawPeer.property("Socket-Type", "SUB")
        let octets = first + RawPeer.property("Identity", "A")
        for cut in 1..<octets.count where cut != first.count {
            #expect(
                parse(Array(octets[..<cut]))
                    == .failure(ProtocolError(.invalidMetadata(.truncated)))
            )
        }
    }

    @Test("random octets never trap")
    func randomOctets() {
        let seed = SeededGenerator.freshSeed()
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...64, using: &generator)
            let octets = generator.octets(count).map { $0 & 0x07 }
            if case .success(let metadata) = parse(octets) {
                #expect(metadata.properties.count <= octets.count / 6, "seed \(seed)")
            }
        }
    }
}
