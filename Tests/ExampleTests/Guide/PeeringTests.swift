import Foundation
import LibZMQ
import Testing

@Suite("The Guide's peering brokers", .serialized)
struct PeeringTests {
    @Test("a broker without workers gives work to a neighbour that says it has some")
    func overflow() throws {
        try atPlace { place, peers in
            // libzmq plays the neighbour.
            let cloud = try peers.socket(.router)
            try cloud.set(.routingID, "DC2")
            try cloud.bind("\(place)DC2-cloud")
            let state = try peers.socket(.xPublisher)
            try state.bind("\(place)DC2-state")
            let broker = try Program("guide", ["peering", "broker", place, "DC1", "DC2"])
            #expect(try state.text() == "\u{1}")
            let client = try Program("guide", ["peering", "client", place, "DC1", "1"])
            try state.send(texts: ["DC2", "1"])
            // The name of the broker, the envelope of its client, the work.
            let request = try cloud.frames()
            #expect(request.first == Array("DC1".utf8))
            #expect(request.last == Array("work".utf8))
            try cloud.answer(request, "DC2")
            #expect(try client.ending().output == "client: done at DC2\n")
            broker.interrupt()
            #expect(try broker.ending().status == 0)
        }
    }

    @Test("a broker works for a neighbour, and tells how many workers are free")
    func work() throws {
        try atPlace { place, peers in
            let broker = try Program("guide", ["peering", "broker", place, "DC1", "DC2"])
            let state = try peers.connected(.subscriber, to: "\(place)DC1-state")
            let worker = try Program("guide", ["peering", "worker", place, "DC1"])
            while try state.texts() != ["DC1", "1"] {}
            let neighbour = try peers.socket(.router)
            try neighbour.set(.routingID, "DC2")
            let handshakes = try peers.handshakes(of: neighbour)
            try neighbour.connect("\(place)DC1-cloud")
            try handshakes.waitForOne()
            try neighbour.send(texts: ["DC1", "client", "", "work"])
            #expect(try neighbour.texts() == ["DC1", "client", "", "DC1"])
            worker.interrupt()
            #expect(try worker.ending().status == 0)
            broker.interrupt()
            #expect(try broker.ending().status == 0)
        }
    }

    @Test("when the neighbour with the workers is killed, work goes to another one")
    func neighbourDies() throws {
        try atPlace { place, peers in
            let names = ["DC1", "DC2", "DC3"]
            let brokers = try names.map { name in
                let neighbours = names.filter { $0 != name }
                return try Program("guide", ["peering", "broker", place, name] + neighbours)
            }
            let there = try Program("guide", ["peering", "worker", place, "DC2"])
            let client = try Program("guide", ["peering", "client", place, "DC1", "1"])
            #expect(try client.ending().output == "client: done at DC2\n")
            brokers[1].kill()
            there.kill()
            let other = try Program("guide", ["peering", "worker", place, "DC3"])
            let next = try Program("guide", ["peering", "client", place, "DC1", "20"])
            let ending = try next.ending()
            #expect(ending.status == 0)
            #expect(ending.output.hasSuffix("client: done at DC3\n"))
            _ = other
        }
    }

    /// Runs a test with a folder of its own for endpoints.
    private func atPlace(_ body: (String, Peers) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("peering-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Peers.use { try body("ipc://\(folder.path)/", $0) }
    }
}
