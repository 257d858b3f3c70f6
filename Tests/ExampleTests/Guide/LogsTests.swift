import Foundation
import LibZMQ
import Testing

@Suite("The Guide's logs", .serialized)
struct LogsTests {
    @Test("alone the collector's books balance")
    func alone() throws {
        let ending = try Program("guide", ["logs"]).ending()
        #expect(ending.status == 0)
        for name in ["a", "b"] {
            #expect(ending.output.contains("collector: \(name) has all of 5000, "))
        }
    }

    @Test("a frozen collector stops no program, and what it missed was counted")
    func frozen() throws {
        let rig = try Rig()
        rig.collector.freeze()
        let program = try Program("guide", rig.program("a", 200_000))
        // All is said and done while nobody reads.
        let lost = try #require(Int(try program.line("a: ").prefix { $0.isNumber }))
        #expect(lost > 0)
        rig.collector.thaw()
        try rig.collector.line("collector: a has all of 200000, \(lost) of them as lost")
        #expect(try program.ending().status == 0)
        #expect(try rig.lineCount() == 200_000 - lost)
    }

    @Test("what fits into the queues waits for a collector that comes late")
    func late() throws {
        try Peers.use { peers in
            let (errors, records) = try peers.freeEndpoints()
            let words = ["logs", "program", errors, records, "a", "500"]
            let program = try Program("guide", words)
            try program.line("a: 0 of 500 records had no room")
            let collector = try Program("guide", ["logs", "collector", errors, records])
            try collector.line("collector: a has all of 500, 0 of them as lost")
            #expect(try program.ending().status == 0)
        }
    }

    @Test("errors overtake, and libzmq plays both ends")
    func interoperates() throws {
        try Peers.use { peers in
            let rig = try Rig()
            let records = try peers.connected(.push, to: rig.records)
            let errors = try peers.connected(.push, to: rig.errors)
            func record(_ level: String, _ text: String...) -> [[UInt8]] {
                ([level, "zoe"] + text).map { Array($0.utf8) }
            }
            for number in 1...9 { try records.send(record("info", "\(number)")) }
            try records.send(record("end", "10", "0"))
            // Not before the error has come on its own way.
            try errors.send(record("error", "bad"))
            try rig.collector.line("collector: zoe has all of 10, 0 of them as lost")

            let (pulledErrors, errorsEndpoint) = try peers.bound(.pull)
            let (pulled, endpoint) = try peers.bound(.pull)
            let words = ["logs", "program", errorsEndpoint, endpoint, "b", "5000"]
            let program = try Program("guide", words)
            // Nobody takes ordinary records, and still the errors come.
            for number in 1...50 {
                let message = try #require(try pulledErrors.receive(timeout: Peers.patience))
                #expect(message[2] == Array("record \(number * 100)".utf8))
            }
            let lost = try #require(Int(try program.line("b: ").prefix { $0.isNumber }))
            var count = 0
            while let message = try pulled.receive(timeout: Peers.patience) {
                guard message[0] != Array("end".utf8) else { break }
                count += 1
            }
            #expect(count + 50 + lost == 5000)
        }
    }

    private final class Rig {
        let collector: Program
        let errors: String, records: String
        private let file: String

        init() throws {
            let folder = FileManager.default.temporaryDirectory
            file = folder.appendingPathComponent("zeromq-\(UUID().uuidString)").path
            let endpoints = ["tcp://127.0.0.1:*", "tcp://127.0.0.1:*"]
            collector = try Program("guide", ["logs", "collector"] + endpoints + [file])
            errors = try collector.line("collector: errors at ")
            records = try collector.line("collector: records at ")
        }

        deinit { try? FileManager.default.removeItem(atPath: file) }

        func program(_ name: String, _ count: Int) -> [String] {
            ["logs", "program", errors, records, name, "\(count)"]
        }

        /// How many records are in the file.
        func lineCount() throws -> Int {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            return text.split(separator: "\n").filter { !$0.hasPrefix("end ") }.count
        }
    }
}
