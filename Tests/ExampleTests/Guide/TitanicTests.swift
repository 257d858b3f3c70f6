import Foundation
import LibZMQ
import Testing

@Suite("The Guide's Titanic", .serialized)
struct TitanicTests {
    @Test("alone it answers after a restart what it had taken before")
    func alone() throws {
        let ending = try Program("guide", ["titanic"]).ending()
        #expect(ending.status == 0)
        for number in 1...3 {
            #expect(ending.output.contains("client: reply [request \(number)]\n"))
        }
        #expect(ending.output.hasSuffix("client: 0 requests are left\n"))
    }

    @Test("the services answer a libzmq client as RFC 9 says")
    func services() throws {
        try Peers.use { peers in
            let house = try House()
            let client = try peers.connected(.request, to: house.broker)
            func ask(_ service: String, _ body: [String]) throws -> [String] {
                try client.send((["MDPC01", service] + body).map { Array($0.utf8) })
                let answer = try #require(try client.receive(timeout: Peers.patience))
                try #require(answer.count > 2)
                return answer[2...].map { String(decoding: $0, as: UTF8.self) }
            }
            let unknown = String(repeating: "A", count: 32)
            #expect(try ask("titanic.reply", [unknown]) == ["400"])
            #expect(try ask("titanic.reply", ["../../../etc/passwd"]) == ["400"])
            #expect(try ask("titanic.close", [unknown]) == ["200"])
            let stored = try ask("titanic.request", ["echo", "Hello"])
            try #require(stored.count == 2 && stored[0] == "200" && stored[1].count == 32)
            #expect(try ask("titanic.reply", [stored[1]]) == ["300"])

            let worker = try Program("guide", ["majordomo", "worker", house.broker, "echo", "200"])
            try worker.line("worker: got [Hello]")
            try house.service.line("titanic: answered \(stored[1])")
            // As often as one likes, until it is closed.
            #expect(try ask("titanic.reply", [stored[1]]) == ["200", "Hello"])
            #expect(try ask("titanic.reply", [stored[1]]) == ["200", "Hello"])
            #expect(try ask("titanic.close", [stored[1]]) == ["200"])
            #expect(try ask("titanic.close", [stored[1]]) == ["200"])
            #expect(try ask("titanic.reply", [stored[1]]) == ["400"])
        }
    }

    @Test("what was stored is carried out although service and broker are killed")
    func killed() throws {
        let house = try House()
        let ids = try (1...3).map { number in
            let words = ["titanic", "store", house.broker, "echo", "request \(number)"]
            return try Program("guide", words).line("store: ")
        }
        house.service.kill()
        house.brokerProgram.kill()
        try house.open(at: house.broker)
        try house.service.line("titanic: 3 requests wait")
        let worker = try Program("guide", ["majordomo", "worker", house.broker, "echo", "200"])
        for id in ids { try house.service.line("titanic: answered \(id)") }
        // Killed once more, with replies that nobody has fetched.
        house.service.kill()
        try house.open(at: nil)
        try house.service.line("titanic: 0 requests wait")
        for (number, id) in zip(1..., ids) {
            let client = try Program("guide", ["titanic", "fetch", house.broker, id])
            #expect(try client.line("fetch: ") == "[request \(number)]")
            #expect(try client.ending().status == 0)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: house.folder) == [])
        worker.interrupt()
    }

    /// A broker and Titanic's service, with a folder that is removed in the end.
    private final class House {
        let folder: String
        private(set) var broker = ""
        private(set) var brokerProgram: Program
        private(set) var service: Program

        init() throws {
            let temporary = FileManager.default.temporaryDirectory
            folder = temporary.appendingPathComponent("titanic-\(UUID().uuidString)").path
            brokerProgram = try Self.broker(at: "tcp://127.0.0.1:*")
            broker = try brokerProgram.line("broker: at ")
            service = try Self.service(broker, folder)
            try service.line("titanic: 0 requests wait")
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        /// Starts the service again, and the broker if an endpoint is given.
        func open(at endpoint: String?) throws {
            if let endpoint { brokerProgram = try Self.broker(at: endpoint) }
            service = try Self.service(broker, folder)
        }

        private static func broker(at endpoint: String) throws -> Program {
            try Program("guide", ["majordomo", "broker", endpoint, "200"])
        }

        private static func service(_ broker: String, _ folder: String) throws -> Program {
            try Program("guide", ["titanic", "service", broker, folder, "200"])
        }
    }
}
