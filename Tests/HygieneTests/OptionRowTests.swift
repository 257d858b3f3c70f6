import Foundation
import Testing

/// The names of the rows are the table's, and what they name is there.
@Suite("Every row of the table of options is tested")
struct OptionRowTests {
    private static let files = SourceFile.all(under: "Tests")

    /// The rows below a heading of the article: their first C names, without what is absent.
    private static func documented(below heading: String) throws -> [String] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let article = root.appendingPathComponent("Sources/ZeroMQ/ZeroMQ.docc/ComingFromLibzmq.md")
        let text = try String(contentsOf: article, encoding: .utf8)
        let part = text.components(separatedBy: "### \(heading)\n").last ?? ""
        let section = part.components(separatedBy: "\n### ").first ?? ""
        return section.split(separator: "\n").compactMap { row in
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3, cells[0].hasPrefix("`ZMQ_") else { return nil }
            guard !cells[1].hasPrefix("absent") else { return nil }
            return String(cells[0].dropFirst().prefix { $0 != "`" })
        }
    }

    private static func cells(_ row: Substring) -> [String] {
        row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private static func contains(_ text: String, file: String) -> Bool {
        files.contains { source in
            source.path.hasSuffix("/\(file).swift") && source.lines.contains { $0.contains(text) }
        }
    }

    /// What a cell names and is nowhere to be found.
    private static func missing(in cell: String, isValue: Bool) -> [String] {
        if cell.hasPrefix("-") { return cell.count > 5 ? [] : ["a reason"] }
        return cell.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { name in
                if isValue {
                    return !["option", "property", "context"].contains { kind in
                        contains(".\(kind)(\"\(name)\"", file: "OptionValueTests")
                            || contains("            \"\(name)\",", file: "OptionValueTests")
                    }
                }
                let parts = name.split(separator: ".")
                if parts.count == 2, parts[0].first?.isUppercase == true {
                    return !contains("func \(parts[1])(", file: String(parts[0]))
                }
                return !contains("BadValue(\"\(name)", file: "SocketOptionsTests")
                    && !contains("(\"\(name)\", {", file: "ContextOptionTests")
            }
    }

    @Test(
        "the table and its tests have the same rows",
        arguments: [("Socket options", OptionRows.socket), ("Context options", OptionRows.context)]
    )
    func rows(heading: String, rows: String) throws {
        let documented = try Self.documented(below: heading)
        let tested = rows.split(separator: "\n").map { Self.cells($0)[0] }
        #expect(documented.count > 6)
        #expect(documented == tested)
    }

    @Test(
        "every test that a row names is there",
        arguments: [OptionRows.socket, OptionRows.context]
    )
    func tests(rows: String) {
        for row in rows.split(separator: "\n") {
            let cells = Self.cells(row)
            #expect(cells.count == 5, "\(row)")
            for (index, cell) in cells.enumerated().dropFirst() {
                let missing = Self.missing(in: cell, isValue: index == 1)
                #expect(missing == [], "\(cells[0])")
            }
        }
    }
}
