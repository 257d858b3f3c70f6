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

    /// Whether a file, named by its last components or from the root, declares something.
    static func declares(_ path: String, _ name: String) -> Bool {
        let text = SourceFile.all.first { $0.path == path || $0.path == "Sources/ZeroMQ/" + path }
        return text.map { $0.declarations.contains(name) } ?? false
    }
}

extension SourceFile {
    /// All Swift files of the package.
    static let all = ["Sources", "Tests", "Benchmarks", "Examples"].flatMap(all(under:))

    /// The names of everything that is declared anywhere.
    static let allDeclarations = all.reduce(into: Set<String>()) { $0.formUnion($1.declarations) }

    /// The names that the file declares.
    var declarations: Set<String> {
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
