import Foundation
import Testing

@Suite("The sources keep the house rules")
struct HygieneTests {
    static let sources = SourceFile.all(under: "Sources")

    @Test("there are sources to look at")
    func present() {
        #expect(Self.sources.count > 50)
    }

    @Test("files have at most 400 lines, and lines at most 100 columns")
    func sizes() {
        for file in Self.sources + SourceFile.all(under: "Tests") {
            #expect(file.lines.count <= 400, "\(file.path)")
            for (index, line) in file.lines.enumerated() where line.count > 100 {
                Issue.record("\(file.path):\(index + 1) has \(line.count) columns")
            }
        }
    }

    @Test("nothing is forced", arguments: ["try!", " as!", "fatalError", "!.", "![", "!)"])
    func forced(word: String) {
        for file in Self.sources {
            #expect(file.places { $0.contains(word) } == [])
        }
    }

    @Test("no name is unwrapped by force")
    func unwrapped() throws {
        let unwrapping = try Regex("[A-Za-z0-9_\\])?]!(\\s|,|$|;|\\})")
        for file in Self.sources {
            #expect(file.places { $0.contains(unwrapping) } == [])
        }
    }

    /// Words that make a reader look for who or what is meant, and old ones.
    @Test(
        "comments name who acts, in the words of today",
        arguments: ["whoever", "somebody", "for ever", "anew", "himself", "mebioctet"]
    )
    func plainWords(word: String) throws {
        let pattern = try Regex("\\b\(word)\\b").ignoresCase()
        for folder in ["Sources", "Examples", "Benchmarks"] {
            for file in SourceFile.all(under: folder) {
                #expect(file.places { $0.contains(pattern) } == [])
            }
        }
    }

    @Test("nothing is left to do")
    func unfinished() {
        for file in Self.sources {
            for word in ["TODO", "FIXME"] {
                #expect(!file.lines.contains { $0.contains(word) }, "\(word) in \(file.path)")
            }
        }
    }

    @Test("a byte is called a byte")
    func words() {
        // Spelled in two halves, or this line would be one of the places.
        let old = "oct" + "et"
        for file in Self.sources + SourceFile.all(under: "Tests") {
            #expect(file.places { $0.lowercased().contains(old) } == [])
        }
    }

    @Test("only the reactor speaks to the C library, and nobody uses Foundation")
    func imports() {
        for file in Self.sources {
            // One module is for those who use it anyway.
            if !file.path.hasPrefix("Sources/ZeroMQFoundation/") {
                #expect(file.places { $0.contains("import Foundation") } == [])
            }
            // One file names the C library, which is another one elsewhere.
            if file.path.hasPrefix("Sources/CLibrary/") { continue }
            #expect(file.places { $0.contains("import Glibc") } == [])
            // Programs speak to the C library as any program does.
            let mayUseC = ["Sources/ZeroMQReactor/", "Sources/Tools/"]
            guard !mayUseC.contains(where: file.path.hasPrefix) else { continue }
            #expect(file.places { $0.contains("import CLibrary") } == [])
            #expect(file.places { $0.contains("import CZeroMQKernel") } == [])
        }
    }

    @Test("whatever escapes the compiler's checks gives its reason")
    func reasons() {
        for file in Self.sources {
            for (index, line) in file.lines.enumerated() where Self.escapesChecks(line) {
                let following = file.lines[min(index + 1, file.lines.count)...].prefix(3)
                let isExplained = following.contains { $0.contains("//") }
                #expect(isExplained, "\(file.path):\(index + 1) gives no reason")
            }
        }
    }

    private static func escapesChecks(_ line: String) -> Bool {
        let code = SourceFile.code(line)
        return code.contains("@unchecked Sendable") || code.contains("nonisolated(unsafe)")
    }
}
