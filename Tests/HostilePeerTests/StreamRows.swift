import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

@Suite("Hostile peers, C: streams of many frames")
struct StreamRows {
    private static let groups = 0..<20 as Range<UInt64>

    @Test("C11 random bytes after READY do no harm", arguments: groups)
    func noise(group: UInt64) throws {
        let subject = try pullSubject(at: transports[Int(group % 2)])
        let seeds = Counts.pick(everyday: 25, full: 500) as UInt64
        for seed in 0..<seeds {
            var random = SeededGenerator(seed: group << 32 | seed)
            let bad = try subject.attack(as: "PUSH")
            bad.send(random.bytes(65536), milliseconds: 100)
            try subject.expectSurvival(of: bad, isBrief: seed + 1 < seeds)
        }
    }

    @Test("C12 one flipped bit leaves the messages before it intact", arguments: groups)
    func flipped(group: UInt64) throws {
        let subject = try pullSubject(at: transports[Int(group % 2)])
        let seeds = Counts.pick(everyday: 50, full: 500) as UInt64
        for seed in 0..<seeds {
            var random = SeededGenerator(seed: group << 32 | seed)
            let messages = (0..<20).map { number in
                [UInt8(number)] + random.bytes(Int.random(in: 0...300, using: &random))
            }
            var stream = messages.flatMap { Wire.frame($0) }
            let place = Int.random(in: 0..<stream.count, using: &random)
            stream[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            var end = 0
            let intact = messages.prefix { message in
                end += Wire.frame(message).count
                return end <= place
            }
            let bad = try subject.attack(as: "PUSH")
            bad.send(stream)
            let expected = intact.map { Dialogue.fingerprint(Message($0)) }
            #expect(try subject.remote.ask("receive", "\(intact.count)") == expected)
            try subject.expectSurvival(of: bad, isBrief: seed + 1 < seeds)
        }
    }

    @Test("C13 a message that is kept holds on to no others", arguments: transports)
    func kept(transport: String) throws {
        let subject = try pullSubject(at: transport)
        let bad = try subject.attack(as: "PUSH")
        let burst = (0..<1000).flatMap { _ in Wire.frame([UInt8](repeating: 7, count: 100)) }
        // If each pinned the buffer that it was read into, that would be 12 MiB and more.
        for _ in 0..<200 {
            bad.send(burst)
            try subject.remote.ask("keep", "1000")
        }
        try subject.expectService(of: bad)
    }

    @Test("a last message and the end in one segment are both noticed", arguments: transports)
    func messageAndEnd(transport: String) throws {
        let subject = try pullSubject(at: transport)
        for number in 0..<100 {
            let bad = try subject.attack(as: "PUSH")
            bad.send(Wire.text("\(number)"))
            bad.close()
            try subject.remote.expectMessage(Message("\(number)"))
            _ = try subject.nextEnd()
        }
        let last = try subject.attack(as: "PUSH")
        try subject.expectService(of: last)
    }
}
