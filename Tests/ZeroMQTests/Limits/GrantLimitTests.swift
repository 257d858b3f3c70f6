import Testing
import ZeroMQProtocol
import ZeroMQTestSupport

@testable import ZeroMQ

@Suite("What peers ask of an XPUB that decides about each", .serialized)
struct GrantLimitTests {
    private func publisher(_ context: Context) throws -> (XPublisherSocket, String) {
        let publisher = XPublisherSocket(context: context)
        publisher.isManual = true
        return (publisher, try publisher.bind("tcp://127.0.0.1:*").description)
    }

    private func subscriber(at endpoint: String) throws -> RawPeer {
        let peer = try RawPeer(connectingTo: endpoint)
        try peer.shakeHands(as: "SUB")
        return peer
    }

    private func refusal(_ events: SocketEvents) -> DisconnectReason? {
        let event = events.first { if case .peerRefused = $0 { true } else { false } }
        guard case .peerRefused(_, _, let reason) = event else { return nil }
        return reason
    }

    @Test("what has not been read is limited by its size as well")
    func sizes() throws {
        try inContext { context in
            let (publisher, endpoint) = try publisher(context)
            let peer = try subscriber(at: endpoint)
            let topic = [UInt8](repeating: 0x41, count: 60_000)
            for number in 0..<400 as Range<UInt32> {
                guard peer.send(Wire.subscribe(topic + Wire.bigEndian(number))) else { break }
            }
            #expect(refusal(publisher.events) == .limitExceeded("bytes in all topics of one peer"))
            #expect(peer.waitForClose())
            var kept = 0
            while let notice = try publisher.tryReceive() {
                if notice[0].first == 1 { kept += notice.byteCount }
            }
            #expect(kept <= ProtocolLimits().grantBytesWaiting + 1000)
        }
    }

    @Test("what is read makes room for more, and what is granted is limited like what is not")
    func granted() throws {
        try inContext { context in
            let (publisher, endpoint) = try publisher(context)
            let peer = try subscriber(at: endpoint)
            let topic = [UInt8](repeating: 0x41, count: 65_000)
            let fitting = ProtocolLimits().topicBytesPerPeer / (topic.count + 4)
            for number in 0..<UInt32(fitting) {
                peer.send(Wire.subscribe(topic + Wire.bigEndian(number)))
                let notice = try publisher.next()
                try publisher.grant(Frame(Array(notice[0].dropFirst())))
            }
            peer.send(Wire.subscribe(topic + Wire.bigEndian(UInt32.max)))
            #expect(refusal(publisher.events) == .limitExceeded("bytes in all topics of one peer"))
            #expect(peer.waitForClose())
        }
    }
}
