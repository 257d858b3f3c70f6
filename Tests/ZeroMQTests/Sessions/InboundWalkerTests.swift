import Testing
import ZeroMQProtocol

@testable import ZeroMQ

@Suite("What is received, beside a plain decoder", .tags(.memory))
struct InboundWalkerTests {
    private static let large = LargeChunks.capacity

    /// So many frames, and one behind them, again and again: chunks become large, and are full when
    /// the last one begins.
    private static func script(_ size: Int, behind fill: Int, of short: Int) -> WalkerScript {
        var script = WalkerScript()
        var items: [WalkerScript.Item] = []
        for round in 0..<4 {
            for number in 0..<fill {
                items.append(.frame(flags: [], .init(count: short, seed: round * 100 + number)))
            }
            items.append(.frame(flags: .more, .init(count: size, seed: round)))
            items.append(.frame(flags: [], .init(count: round, seed: round)))
        }
        script.connections = [.init(items: items)]
        return script
    }

    private static let sizes = [
        Chunk.largest - 9, Chunk.largest, Chunk.largest + 1, 335_000, 450_000,
        large - 9, large, large + 1, 2 * large + 77, 3 * large + 1,
    ]

    @Test("a body longer than a chunk, behind a full one", arguments: sizes, [true, false])
    func behindFullChunk(size: Int, onLoop: Bool) {
        for (fill, short) in [(60, 30_000), (61, 30_011), (5, 32_000)] {
            var script = Self.script(size, behind: fill, of: short)
            if !onLoop {
                script.connections[0].steps = (0..<400).flatMap { _ in
                    [WalkerScript.Step.readElsewhere, .take(.max)]
                }
            }
            #expect(WalkerRun.complaint(about: script) == nil)
        }
    }

    @Test("the same out of boxes", arguments: [450_000, 2 * large + 77], [true, false])
    func sealed(size: Int, onLoop: Bool) {
        var script = Self.script(size, behind: 18, of: 30_000)
        script.isSealed = true
        script.connections[0].items.removeLast(script.connections[0].items.count * 3 / 4)
        if !onLoop {
            script.connections[0].steps = (0..<400).flatMap { _ in
                [WalkerScript.Step.readElsewhere, .take(.max)]
            }
        }
        #expect(WalkerRun.complaint(about: script) == nil)
    }

    @Test("what comes before a bad box is delivered", arguments: 0..<3)
    func beforeBadBox(kind: Int) {
        var script = WalkerScript()
        script.isSealed = true
        script.limits.frame = 100_000
        let bad: [WalkerScript.Item] = [
            .oversized, .tampered(.init(count: 10)), .frame(flags: [], .init(count: 200_000)),
        ]
        script.connections[0].items = [
            .frame(flags: [], .init(count: 1)), .frame(flags: [], .init(count: 300)), bad[kind],
        ]
        #expect(WalkerRun.complaint(about: script) == nil)
    }

    @Test("of a lost connection nothing is left but whole messages", arguments: [1, 250, 299])
    func lostConnection(missing: Int) {
        var script = WalkerScript()
        let items: [WalkerScript.Item] = [
            .frame(flags: [], .init(count: 20)), .frame(flags: .more, .init(count: 30)),
            .frame(flags: [], .init(count: 300)),
        ]
        script.connections = (0..<3).map { _ in .init(items: items, missing: missing) }
        #expect(WalkerRun.complaint(about: script) == nil)
    }

    @Test("seeded mixtures: cuts, marks, limits, commands, both readers, connections that end")
    func mixtures() {
        var seeds = SystemRandomNumberGenerator()
        for _ in 0..<150 { compare(seed: seeds.next(), most: 3 << 20) }
    }

    @Test("seeded mixtures out of boxes")
    func sealedMixtures() {
        var seeds = SystemRandomNumberGenerator()
        for _ in 0..<12 { compare(seed: seeds.next(), most: 700_000, isSealed: true) }
    }

    private func compare(seed: UInt64, most: Int, isSealed: Bool = false) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 8..<300, using: &random)
        var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes[0] = isSealed ? bytes[0] | 0x18 : bytes[0] & ~0x10
        let script = WalkerScript(decoding: bytes, most: most)
        let complaint = WalkerRun.complaint(about: script)
        #expect(complaint == nil, "seed \(seed)")
    }
}
