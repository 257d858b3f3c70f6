import Foundation
import Testing

/// An article for those who change the library, and the code that it names.
struct MaintainerArticle: CustomTestStringConvertible, Sendable {
    let name: String
    let lines: [String]

    var testDescription: String { name }

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let folder = "Sources/ZeroMQ/ZeroMQ.docc/Maintainers"

    static func all() throws -> [MaintainerArticle] {
        let folder = root.appendingPathComponent(folder)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            let text = try String(
                contentsOf: folder.appendingPathComponent($0),
                encoding: .utf8
            )
            return MaintainerArticle(name: $0, lines: text.components(separatedBy: "\n"))
        }
    }

    /// A row of a table: its cells, without the empty ones at both ends.
    static func cells(of line: String) -> [String]? {
        guard line.hasPrefix("|") else { return nil }
        return line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// What a text has in code voice.
    static func code(in text: String) -> [String] {
        let parts = text.components(separatedBy: "`")
        return stride(from: 1, to: parts.count, by: 2).map { parts[$0] }.filter { !$0.isEmpty }
    }

    /// Whether a path names a file or folder, from the root or from the library's folder.
    static func exists(_ path: String) -> Bool {
        [path, "Sources/ZeroMQ/" + path].contains {
            FileManager.default.fileExists(atPath: root.appendingPathComponent($0).path)
        }
    }

    /// Whether a file whose path ends like this declares something.
    static func declares(_ path: String, _ name: String) -> Bool {
        SourceFile.declarations.contains { file, names in
            ("/" + file).hasSuffix("/" + path) && names.contains(name)
        }
    }

    /// Whether anything of this name is declared anywhere.
    static func isDeclared(_ name: String) -> Bool {
        SourceFile.declarations.values.contains { $0.contains(name) }
    }
}

extension SourceFile {
    /// The names that each Swift file of the package declares.
    static let declarations: [String: Set<String>] = {
        let files = ["Sources", "Tests", "Benchmarks", "Examples"].flatMap(all(under:))
        return Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.declarations) })
    }()

    /// The names that the file declares.
    private var declarations: Set<String> {
        var names: Set<String> = []
        let keywords: Set = [
            "actor", "case", "class", "enum", "extension", "func", "let", "protocol", "struct",
            "typealias", "var",
        ]
        for line in lines {
            let words = Self.code(line).split { !($0.isLetter || $0.isNumber || $0 == "_") }
            guard let index = words.firstIndex(where: { keywords.contains(String($0)) }) else {
                continue
            }
            // A line may have several cases.
            let isList = words[index] == "case"
            for word in words[(index + 1)...].prefix(isList ? .max : 1) { names.insert("\(word)") }
        }
        return names
    }
}
