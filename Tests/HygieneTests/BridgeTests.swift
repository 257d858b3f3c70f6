import Foundation
import Testing

/// `.ci/run` compiles the bridges, in the package Tests/Integrations.
@Suite("The bridges that the articles show are those that are compiled")
struct BridgeTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    @Test(
        "a bridge and its sample are the same",
        arguments: [
            ("LogBridge", "Observing"), ("MetricsBridge", "Observing"),
            ("LifecycleBridge", "RunningAService"),
        ]
    )
    func same(bridge: String, article: String) throws {
        let code = try Self.text("Tests/Integrations/Bridges/\(bridge)/\(bridge).swift")
        let shown = try Self.text("Sources/ZeroMQ/ZeroMQ.docc/\(article).md")
        #expect(code.contains("\nimport ZeroMQ\n"))
        #expect(shown.contains("```swift\n\(code)```\n"), "\(bridge)")
    }

    @Test("CI builds them")
    func compiled() throws {
        #expect(try Self.text(".ci/run").contains("Tests/Integrations"))
    }
}
