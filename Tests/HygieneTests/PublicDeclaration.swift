/// A public declaration, as it stands in a source file.
struct PublicDeclaration: Sendable {
    /// Where it is, for the message of a failed test.
    let place: String
    /// The declaration without its body, in one line.
    let signature: String
    /// The lines of its doc comment.
    let documentation: [String]

    /// All public declarations of a file: members, cases and requirements included.
    static func all(in file: SourceFile) -> [PublicDeclaration] {
        var found: [PublicDeclaration] = []
        // The public enums and protocols around a line, by their columns.
        var surroundings: [(column: Int, keyword: String)] = []
        for (index, line) in file.lines.enumerated() {
            let words = words(of: line)
            let column = line.prefix { $0 == " " }.count
            if line.contains("}") { surroundings.removeAll { $0.column >= column } }
            guard let keyword = words.first(where: keywords.contains) else { continue }
            let isPublic = words.prefix { $0 != keyword }.contains("public")
            let around = surroundings.last { $0.column == column - 4 }?.keyword
            let isRequirement = around == "protocol" && words.first != "}"
            let isCase = around == "enum" && keyword == "case" && !line.contains("case .")
            if isPublic, ["enum", "protocol"].contains(keyword) {
                surroundings.append((column, keyword))
            }
            guard isPublic && keyword != "case" || isRequirement || isCase else { continue }
            found.append(
                PublicDeclaration(
                    place: "\(file.path):\(index + 1): \(words.joined(separator: " "))",
                    signature: signature(at: index, in: file.lines),
                    documentation: documentation(above: index, in: file.lines)
                )
            )
        }
        return found
    }

    private static let keywords: Set = [
        "actor", "associatedtype", "case", "class", "enum", "func", "init", "let", "protocol",
        "struct", "subscript", "typealias", "var",
    ]

    /// The words of a line of code, up to the first that carries parentheses.
    private static func words(of line: String) -> [String] {
        SourceFile.code(line).split { " (<:?".contains($0) }.map(String.init)
    }

    /// The lines of a declaration up to its body, as one.
    private static func signature(at index: Int, in lines: [String]) -> String {
        var signature = ""
        for line in lines[index...].prefix(15) {
            let code = SourceFile.code(line)
            signature += code.prefix { $0 != "{" } + " "
            let isOpen = signature.filter { $0 == "(" }.count > signature.filter { $0 == ")" }.count
            if code.contains("{") || !isOpen && !code.hasSuffix(",") { break }
        }
        return signature
    }

    /// The doc comment above a declaration and its attributes.
    private static func documentation(above index: Int, in lines: [String]) -> [String] {
        lines[..<index].reversed().map { $0.drop { $0 == " " } }
            .drop { $0.hasPrefix("@") }
            .prefix { $0.hasPrefix("///") }
            .map(String.init)
    }

    /// Whether a call of it can throw an error that is not its argument's.
    var canThrow: Bool {
        var depth = 0
        var outside = ""
        for character in signature.replacing("throws(E)", with: "") {
            if character == "(" { depth += 1 }
            if depth == 0 { outside.append(character) }
            if character == ")" { depth -= 1 }
        }
        return outside.split(separator: " ").contains("throws")
    }

    /// What a protocol of the standard library demands: that is where it is documented.
    var isDocumentedElsewhere: Bool {
        let demanded = [
            "startIndex:", "endIndex:", "subscript(index:", "func == (", "func hash(into",
            "init(stringLiteral", "init(arrayLiteral", "description:", "rawValue:", "init(rawValue",
            "typealias Element", "typealias Failure", "func makeAsyncIterator(",
        ]
        return demanded.contains { signature.contains($0) }
    }
}
