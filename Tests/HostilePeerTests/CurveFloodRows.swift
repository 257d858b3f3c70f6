import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

/// Strangers who know the server's key, say a HELLO that is right in all it holds, and no more.
@Suite("Hostile peers, G and H: a flood of HELLOs", .serialized)
struct CurveFloodRows {
    /// Every connection of a flood may say the same: the server's keys are its own each time.
    private static func hello() throws -> [UInt8] {
        let curve = try RawCurve(server: SubjectSecurity.serverKey)
        return RawPeer.curveGreeting + curve.hello()
    }

    @Test(
        "G14 each is answered, none costs much, and the good peer is served",
        arguments: transports
    )
    func flood(transport: String) throws {
        let subject = try curveSubject(at: transport)
        let opening = try Self.hello()
        let count = Counts.pick(everyday: 1000, full: 5000)
        let start = subject.remote.processorTime
        var staying: [RawPeer] = []
        var answered = 0
        for number in 0..<count {
            let bad = try subject.attack()
            bad.send(opening)
            staying.append(bad)
            // More than may be unfinished: the oldest go first, and the newest is served.
            if staying.count > 400 { staying.removeFirst().close() }
            if number % 100 == 99 {
                _ = try bad.receive(64)
                let welcome = try bad.receiveFrame()
                #expect(welcome.body.count == 168)
                answered += 1
                try subject.exchange()
                // What an unfinished handshake may keep, 256 times, and what all rows may grow by.
                subject.remote.expectBoundedMemory(Bounds(memory: (4 << 20) + 256 * 16_384))
            }
        }
        #expect(answered == count / 100)
        let cost = (subject.remote.processorTime - start) / count
        #expect(cost < Self.mostTime, "\(cost) of processor time for each")
        for bad in staying { bad.close() }
        try subject.exchange()
        _ = try subject.remote.takeEvents()
        subject.remote.expectNothingLeft(Bounds(memory: (4 << 20) + 256 * 16_384))
        #expect(subject.takeStrangers().isEmpty)
    }

    #if DEBUG
    /// Two multiplications and three boxes, not optimised, and a share of the good peer's messages.
    private static let mostTime = Duration.milliseconds(20)
    #else
    private static let mostTime = Duration.milliseconds(2)
    #endif
}
