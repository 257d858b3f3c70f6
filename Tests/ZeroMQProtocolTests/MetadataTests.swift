import Testing
import ZeroMQProtocol

@Suite("Metadata")
struct MetadataTests {
    private func parse(_ bytes: [UInt8], limit: Int = 64) -> Result<Metadata, ProtocolError> {
        bytes.withUnsafeBytes { buffer in
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
                return MetadataProperty(name: name, value: generator.bytes(count))
            }
            let bytes = Metadata(properties).encoded()
            #expect(bytes == properties.flatMap { RawPeer.property($0.name, $0.value) })
            #expect(parse(bytes) == .success(Metadata(properties)), "seed \(seed)")
        }
    }

    @Test("a list cut anywhere but between properties is refused")
    func truncated() {
        let first = RawPeer.property("Socket-Type", "SUB")
        let bytes = first + RawPeer.property("Identity", "A")
        for cut in 1..<bytes.count where cut != first.count {
            #expect(
                parse(Array(bytes[..<cut]))
                    == .failure(ProtocolError(.invalidMetadata(.truncated)))
            )
        }
    }

    @Test("random bytes never trap")
    func randomBytes() {
        let seed = SeededGenerator.freshSeed()
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...64, using: &generator)
            let bytes = generator.bytes(count).map { $0 & 0x07 }
            if case .success(let metadata) = parse(bytes) {
                #expect(metadata.properties.count <= bytes.count / 6, "seed \(seed)")
            }
        }
    }
}
