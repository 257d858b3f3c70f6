import Foundation
import Testing

@Suite("The index of the programs of The Guide")
struct GuideIndexTests {
    @Test("`guide` alone prints the table that its README shows")
    func index() throws {
        let ending = try Program("guide", []).ending()
        #expect(ending.status == 0)
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let readme = package.appendingPathComponent("Examples/guide/README.md")
        let text = try String(contentsOf: readme, encoding: .utf8)
        #expect(text.hasSuffix(ending.output))
    }

    @Test(
        "a program or a role that does not exist ends with a word about it",
        arguments: [
            ["lazy-dog"], ["lazy-pirate", "admiral"],
        ]
    )
    func unknown(words: [String]) throws {
        let ending = try Program("guide", words).ending()
        #expect(ending.status == 64)
        #expect(ending.errors.contains("There is no"))
    }
}
