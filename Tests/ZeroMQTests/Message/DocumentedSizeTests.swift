import Foundation
import Testing

@testable import ZeroMQ

@Suite("What the documentation says of messages")
struct DocumentedSizeTests {
    private func text(of file: String) throws -> String {
        var folder = URL(filePath: #filePath)
        while folder.lastPathComponent != "Tests" { folder.deleteLastPathComponent() }
        return try String(
            contentsOf: folder.deletingLastPathComponent().appending(path: file),
            encoding: .utf8
        )
    }

    @Test("the sizes from which memory is needed, and nothing is copied, are those of the code")
    func sizes() throws {
        let catalog = "Sources/ZeroMQ/ZeroMQ.docc/"
        let reference = StreamWriter.smallestReference / 1024
        let referred = "A frame of \(reference) KiB or more is not copied"
        #expect(try text(of: catalog + "MessagesInDetail.md").contains(referred))
        let owned = "A message of more than \(InlineBytes.capacity) bytes has memory of its own"
        #expect(try text(of: catalog + "GettingStarted.md").contains(owned))
    }

    @Test("the text of a message is that of its first frame")
    func firstFrame() {
        #expect(String(["a", "b"] as Message) == "a")
    }
}
