import Foundation

/// A Swift file of the package, as lines.
struct SourceFile: Sendable {
    /// The path from the root of the package.
    let path: String
    let lines: [String]

    /// All Swift files under a folder of the package.
    static func all(under folder: String) -> [SourceFile] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let top = root.appendingPathComponent(folder)
        let names = FileManager.default.enumerator(atPath: top.path)?.compactMap { $0 as? String }
        return (names ?? []).filter { $0.hasSuffix(".swift") }.sorted().compactMap { name in
            let file = top.appendingPathComponent(name)
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
            var lines = text.components(separatedBy: "\n")
            if lines.last == "" { lines.removeLast() }
            return SourceFile(path: "\(folder)/\(name)", lines: lines)
        }
    }

    /// A line without its comment and without what its literals hold.
    static func code(_ line: String) -> String {
        var result = ""
        var isInLiteral = false
        var previous: Character = " "
        for character in line {
            if character == "\"", previous != "\\" { isInLiteral.toggle() }
            if !isInLiteral {
                if character == "/", previous == "/" {
                    result.removeLast()
                    break
                }
                result.append(character)
            }
            previous = character
        }
        return result
    }

    /// The places where the code of a line is as described, for the message of a failed test.
    func places(where isFault: (String) -> Bool) -> [String] {
        lines.enumerated().compactMap { index, line in
            isFault(Self.code(line)) ? "\(path):\(index + 1): \(line)" : nil
        }
    }
}
