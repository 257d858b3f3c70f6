import Foundation
import Testing

@Suite("The table of libzmq's names has no gaps")
struct MappingTests {
    private static func text(_ path: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    @Test("no cell is empty")
    func cells() throws {
        let table = try Self.text("Sources/ZeroMQ/ZeroMQ.docc/ComingFromLibzmq.md")
        let rows = table.split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(rows.count > 120)
        for row in rows {
            let cells = row.dropFirst().dropLast().split(
                separator: "|",
                omittingEmptySubsequences: false
            )
            #expect(cells.allSatisfy { !$0.allSatisfy(\.isWhitespace) }, "\(row)")
        }
    }

    @Test("every C constant that a doc comment names is in the table")
    func constants() throws {
        let table = try Self.text("Sources/ZeroMQ/ZeroMQ.docc/ComingFromLibzmq.md")
        let constant = try Regex("ZMQ_[A-Z_]+[A-Z]")
        // Values and flags that have their place beside the option they belong to.
        let others: Set = [
            "ZMQ_DONTWAIT", "ZMQ_POLLIN", "ZMQ_POLLOUT", "ZMQ_POLLERR", "ZMQ_NOTIFY_CONNECT",
            "ZMQ_NOTIFY_DISCONNECT",
        ]
        let kinds: Set = [
            "PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB",
            "XSUB", "STREAM",
        ]
        for file in SourceFile.all(under: "Sources/ZeroMQ") {
            for line in file.lines where line.contains("///") {
                for match in line.matches(of: constant) {
                    let name = String(line[match.range])
                    if others.contains(name) || kinds.contains(String(name.dropFirst(4))) {
                        continue
                    }
                    let isKnown =
                        table.contains(name) || name.hasPrefix("ZMQ_EVENT_HANDSHAKE_FAILED")
                        || name.hasPrefix("ZMQ_RECONNECT_STOP")
                    #expect(isKnown, "\(name) in \(file.path)")
                }
            }
        }
    }
}
