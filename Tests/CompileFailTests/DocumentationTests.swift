import Foundation
import Testing

/// A program or part of one that the documentation shows.
struct Sample: CustomTestStringConvertible, Sendable {
    let name: String
    let source: String

    var testDescription: String { name }

    /// All samples of the README and the articles, except what belongs into a manifest and what
    /// needs other packages.
    static func all() throws -> [Sample] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let catalog = "Sources/ZeroMQ/ZeroMQ.docc"
        let articles = try FileManager.default
            .subpathsOfDirectory(atPath: root.appendingPathComponent(catalog).path)
            .filter { $0.hasSuffix(".md") }.sorted().map { "\(catalog)/\($0)" }
        return try (["README.md"] + articles).flatMap { path -> [Sample] in
            let file = root.appendingPathComponent(path)
            let parts = try String(contentsOf: file, encoding: .utf8)
                .components(separatedBy: "```swift\n").dropFirst()
            return parts.enumerated().compactMap { number, part -> Sample? in
                let source = part.components(separatedBy: "```\n")[0]
                guard !source.contains(".package("), !usesOthers(source) else { return nil }
                return Sample(name: "\(path), sample \(number + 1)", source: source)
            }
        }
    }
}

/// Whether a sample needs packages of others: Tests/Integrations compiles those.
private func usesOthers(_ source: String) -> Bool {
    ["Logging", "Metrics", "ServiceLifecycle"].contains { source.contains("import \($0)\n") }
}

@Suite("What the documentation shows compiles", .serialized)
struct DocumentationTests {
    @Test("the compiler has no objection to a sample", arguments: try Sample.all())
    func compiles(sample: Sample) throws {
        let objection = try Compiler.diagnostics(for: sample.source)
        #expect(objection.isEmpty, "the compiler said: \(objection)")
    }

    @Test("there are samples to compile")
    func present() throws {
        #expect(try Sample.all().count >= 8)
    }
}
