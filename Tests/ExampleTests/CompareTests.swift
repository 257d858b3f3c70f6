import Foundation
import Testing

@Suite("The comparison with libzmq", .serialized)
struct CompareTests {
    /// One of each kind of cell; those with many peers or subscriptions take too long for a test.
    static let workloads = [
        "throughput tcp 256", "throughput ipc 16 KiB", "throughput inproc 64 B",
        "latency REQ/REP ipc", "latency PAIR inproc", "latency DEALER/ROUTER tcp",
        "one way inproc", "window 10", "publish 1 x 16", "publish 32 x 256",
        "match 1 k", "fanin", "multipart 2", "slow", "proxy", "its REQ, our REP",
    ]

    @Test("runs each kind of workload with both", arguments: workloads)
    func runs(workload: String) throws {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("zeromq-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        let program = try Program(
            "zmq-perf",
            [
                "compare", "--only", workload, "--rounds", "1", "--milliseconds", "20",
                "--keep-disturbed", "--no-floors", "--json", file.path,
            ]
        )
        let ending = try program.ending()
        #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        let rows = try #require((json as? [String: Any])?["rows"] as? [[String: Any]])
        #expect(!rows.isEmpty)
        for row in rows {
            #expect(row["failure"] is NSNull)
            #expect(row["pairs"] as? Int == 2)
            let ratio = try #require(row["ratio"] as? [String: Any])
            #expect(try #require(ratio["median"] as? Double) > 0)
        }
    }

    @Test("refuses what it does not know, with the usage")
    func refuses() throws {
        for words in [["--fast"], ["--only", "nothing"], ["--rounds", "0"], ["--json"]] {
            let ending = try Program("zmq-perf", ["compare"] + words).ending()
            #expect(ending.status == 64)
            #expect(ending.errors.contains("usage: zmq-perf compare"))
        }
    }
}

@Suite("The sweep of spacings", .serialized)
struct SweepTests {
    @Test("measures every transport beside libzmq and another build")
    func runs() throws {
        let ending = try Program(
            "zmq-perf",
            [
                "sweep", "--spacings", "10,1000", "--rounds", "1", "--milliseconds", "20",
                "--busy", "1", "--beside", "/proc/self/exe",
            ]
        ).ending()
        #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
        let lines = ending.output.split(separator: "\n")
        for transport in ["tcp", "ipc", "inproc"] {
            #expect(lines.count { $0.hasPrefix(transport) } == 2)
        }
    }

    @Test("refuses what it does not know, with the usage")
    func refuses() throws {
        for words in [["--fast"], ["--transports", "none"], ["--spacings", "0"], ["--beside"]] {
            let ending = try Program("zmq-perf", ["sweep"] + words).ending()
            #expect(ending.status == 64)
            #expect(ending.errors.contains("usage: zmq-perf sweep"))
        }
    }
}
