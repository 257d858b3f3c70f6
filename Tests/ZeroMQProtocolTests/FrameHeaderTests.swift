import Testing
import ZeroMQProtocol

@Suite("Frame header")
struct FrameHeaderTests {
    private func parse(_ bytes: [UInt8]) -> FrameHeader.Parsed {
        // One byte more than announced, so that an empty array has an address too.
        (bytes + [0xaa]).withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return .incomplete }
            return FrameHeader.parse(start, available: bytes.count)
        }
    }

    private func write(flags: UInt8, body: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xaa, count: 16)
        let size = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { FrameHeader.write(flags: flags, body: body, to: $0) } ?? 0
        }
        #expect(bytes[size...].allSatisfy { $0 == 0xaa })
        return Array(bytes[..<size])
    }

    @Test(
        "headers equal the recorded ones",
        arguments: [
            (0, 2, "00 02"), (0, 255, "00 ff"), (0, 256, "02 0000000000000100"),
            (1, 1, "01 01"), (1, 0, "01 00"), (0, 0, "00 00"), (1, 300, "03 000000000000012c"),
            (4, 255, "04 ff"), (4, 256, "06 0000000000000100"),
        ] as [(UInt8, Int, String)]
    )
    func recorded(flags: UInt8, body: Int, dump: String) {
        let bytes = write(flags: flags, body: body)
        #expect(bytes == hex(dump))
        #expect(FrameHeader.size(forBody: body) == bytes.count)
        let long: UInt8 = body > 255 ? 2 : 0
        let expected = FrameHeader.Parsed.header(
            flags: flags | long,
            headerSize: bytes.count,
            body: body
        )
        #expect(parse(bytes) == expected)
    }

    @Test("the writer sets the LONG bit by itself")
    func longBit() {
        #expect(write(flags: 3, body: 1) == hex("01 01"))
        #expect(write(flags: 2, body: 256) == hex("02 0000000000000100"))
    }

    @Test("a header that is not all there is incomplete")
    func incomplete() {
        for count in 0..<2 { #expect(parse(Array(hex("00 05").prefix(count))) == .incomplete) }
        let long = hex("02 00000000 00000005")
        for count in 0..<9 { #expect(parse(Array(long.prefix(count))) == .incomplete) }
        #expect(parse(long) == .header(flags: 2, headerSize: 9, body: 5))
    }

    @Test("sizes beyond memory are oversized, never negative")
    func oversized() {
        for dump in ["ffffffffffffffff", "8000000000000000", "4000000000000000"] {
            #expect(parse(hex("02" + dump)) == .oversized)
        }
        let greatest = FrameHeader.Parsed.header(flags: 2, headerSize: 9, body: Int.max / 2)
        #expect(parse(hex("02 3fffffffffffffff")) == greatest)
    }

    @Test("reserved bits are ignored")
    func reservedBits() {
        for flags: UInt8 in [0x08, 0x10, 0x80, 0xf8] {
            #expect(parse([flags, 1]) == .header(flags: 0, headerSize: 2, body: 1))
        }
    }

    @Test("what was written is read back, and equals an independent encoding")
    func roundTrip() {
        let seed = SeededGenerator.freshSeed()
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<10_000 {
            let bits = UInt64.random(in: 1...62, using: &generator)
            let body = Int(generator.next() >> (64 - bits))
            let flags: UInt8 = [0, 1, 4][Int.random(in: 0..<3, using: &generator)]
            let bytes = write(flags: flags, body: body)
            let long = body > 255
            let independent =
                long
                ? [flags | 2] + RawPeer.bigEndian(body, bytes: 8) : [flags, UInt8(body)]
            #expect(bytes == independent, "seed \(seed)")
            let all = FrameHeader.Parsed.header(
                flags: long ? flags | 2 : flags,
                headerSize: bytes.count,
                body: body
            )
            #expect(parse(bytes) == all, "seed \(seed)")
        }
    }

    @Test("no two bytes trap, and the size is the second one unless LONG is set")
    func smallWorld() {
        for flags in UInt8.min...UInt8.max {
            #expect(parse([flags]) == .incomplete)
            for size in UInt8.min...UInt8.max {
                let short = FrameHeader.Parsed.header(
                    flags: flags & 7,
                    headerSize: 2,
                    body: Int(size)
                )
                #expect(parse([flags, size]) == (flags & 2 == 0 ? short : .incomplete))
            }
        }
    }
}
