import Foundation
import Testing

@Suite("What is public is documented")
struct PublicDocumentationTests {
    private static let declarations = SourceFile.all(under: "Sources/ZeroMQ")
        .flatMap(PublicDeclaration.all)

    private static let catalog = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/ZeroMQ/ZeroMQ.docc")

    /// The page that says where everything has its place.
    private static func index() throws -> String {
        let page = catalog.appendingPathComponent("ZeroMQ.md")
        return try String(contentsOf: page, encoding: .utf8)
    }

    @Test("the declarations are found")
    func present() {
        let signatures = Self.declarations.map(\.signature)
        #expect(signatures.count > 400)
        let samples = [
            "public protocol Socket:", "var handle: SocketHandle", "case closedByPeer",
            "public final class PullSocket:", "public func trySend(copying bytes: RawSpan)",
        ]
        for sample in samples {
            #expect(signatures.contains { $0.contains(sample) }, "\(sample)")
        }
    }

    @Test("every public declaration has a doc comment")
    func documented() {
        let silent = Self.declarations.filter {
            $0.documentation.isEmpty && !$0.isDocumentedElsewhere
        }
        #expect(silent.map(\.place) == [])
    }

    @Test("every public call that throws says what")
    func errors() {
        let throwing = Self.declarations.filter(\.canThrow)
        #expect(throwing.count > 40)
        let silent = throwing.filter { declaration in
            !declaration.documentation.contains { $0.contains("- Throws:") }
        }
        #expect(silent.map(\.place) == [])
    }

    @Test("what blocks says what to write in asynchronous code")
    func blocking() {
        for file in SourceFile.all(under: "Sources/ZeroMQ") {
            #expect(file.places { $0.contains("noasync)") } == [])
        }
    }

    @Test("no extension is public as a whole, whose members would escape these tests")
    func extensions() {
        for file in SourceFile.all(under: "Sources/ZeroMQ") {
            #expect(file.places { $0.contains("public extension") } == [])
        }
    }

    @Test("every public type has its place in the index of the documentation")
    func types() throws {
        let index = try Self.index()
        let kinds = ["actor", "class", "enum", "protocol", "struct"]
        for declaration in Self.declarations where declaration.signature.hasPrefix("public ") {
            let words = declaration.signature.split { " :<".contains($0) }.map(String.init)
            guard let kind = words.firstIndex(where: kinds.contains), kind <= 2 else { continue }
            #expect(index.contains("- ``\(words[kind + 1])``\n"), "\(declaration.place)")
        }
    }

    @Test("every link of the README leads to something")
    func links() throws {
        let root = Self.catalog.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let readme = root.appendingPathComponent("README.md")
        let parts = try String(contentsOf: readme, encoding: .utf8)
            .components(separatedBy: "](").dropFirst()
        let links = parts.map { String($0.prefix { $0 != ")" }) }.filter { !$0.contains("://") }
        #expect(links.count > 10)
        for link in links {
            let target = root.appendingPathComponent(link)
            #expect(FileManager.default.fileExists(atPath: target.path), "\(link)")
        }
    }

    @Test("every article has its place in the index, and none is named like a type")
    func articles() throws {
        let index = try Self.index()
        let names =
            FileManager.default.enumerator(atPath: Self.catalog.path)?
            .compactMap { ($0 as? String).map { URL(fileURLWithPath: $0) } }
            .filter { $0.pathExtension == "md" }
            .map { $0.deletingPathExtension().lastPathComponent } ?? []
        #expect(names.count > 10)
        for name in names where name != "ZeroMQ" {
            #expect(index.contains("- <doc:\(name)>\n"), "\(name)")
            let isType = Self.declarations.contains {
                $0.signature.contains(" \(name):") || $0.signature.contains(" \(name) ")
            }
            #expect(!isType, "\(name)")
        }
    }
}
