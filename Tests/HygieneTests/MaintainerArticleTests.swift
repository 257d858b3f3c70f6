import Testing

@Suite("What the articles for maintainers name is there")
struct MaintainerArticleTests {
    /// Names that are in code voice and nobody's of ours.
    private static let foreign: Set = [
        "Mutex", "try", "as", "true", "false", "kind",
    ]

    @Test("there are three articles")
    func present() throws {
        #expect(try MaintainerArticle.all().count == 3)
    }

    @Test("every path in code voice exists", arguments: try MaintainerArticle.all())
    func paths(article: MaintainerArticle) {
        var paths: [String] = []
        for line in article.lines {
            paths += MaintainerArticle.code(in: line).filter {
                $0.contains("/") && !$0.contains("://") && !$0.contains(" ")
            }
        }
        #expect(paths.count > 20)
        #expect(paths.filter { !MaintainerArticle.exists($0) } == [])
    }

    @Test("every Swift file is there, in drawings too", arguments: try MaintainerArticle.all())
    func files(article: MaintainerArticle) throws {
        let file = try Regex("[A-Za-z0-9+/-]+\\.swift")
        for line in article.lines {
            for match in line.matches(of: file) {
                let name = String(line[match.range])
                let isThere = SourceFile.declarations.keys.contains {
                    ("/" + $0).hasSuffix("/" + name)
                }
                #expect(isThere, "\(name)")
            }
        }
    }

    @Test("every name in code voice is declared", arguments: try MaintainerArticle.all())
    func names(article: MaintainerArticle) {
        var missing: Set<String> = []
        for line in article.lines where !line.hasPrefix("```") {
            for name in MaintainerArticle.code(in: line) {
                let isName = name.allSatisfy { $0.isLetter || $0.isNumber }
                guard isName, !Self.foreign.contains(name) else { continue }
                let isFolder = MaintainerArticle.exists(name)
                if !isFolder, !MaintainerArticle.isDeclared(name) { missing.insert(name) }
            }
        }
        #expect(missing == [])
    }

    /// In a row whose second cell is a file, what the cells beside it name is declared there.
    @Test("every name in a table is in the file beside it", arguments: try MaintainerArticle.all())
    func tables(article: MaintainerArticle) {
        var rows = 0
        for line in article.lines {
            guard let cells = MaintainerArticle.cells(of: line), cells.count >= 3 else { continue }
            let paths = MaintainerArticle.code(in: cells[1])
            guard paths.count == 1, cells[1].hasPrefix("`"), cells[1].hasSuffix(".swift`") else {
                continue
            }
            let isQuestion = cells[0].hasPrefix("…")
            rows += 1
            for name in MaintainerArticle.code(in: cells[isQuestion ? 2 : 0]) {
                #expect(MaintainerArticle.declares(paths[0], name), "\(line)")
            }
        }
        #expect(article.name == "Architecture.md" || rows > 20)
    }

    /// In a drawing, what begins a line that ends with a file is declared in that file.
    @Test(
        "every name in a drawing is in the file beside it",
        arguments: try MaintainerArticle.all()
    )
    func drawings(article: MaintainerArticle) throws {
        let step = try Regex("^(?: ?|[ │]*[├└] )([a-z][A-Za-z]+)[^.]* ([A-Za-z+]+\\.swift)$")
        var steps = 0
        for line in article.lines {
            guard let match = try step.firstMatch(in: line), let name = match[1].substring,
                let file = match[2].substring
            else { continue }
            steps += 1
            #expect(MaintainerArticle.declares("\(file)", "\(name)"), "\(line)")
        }
        #expect(article.name != "Architecture.md" || steps > 30)
    }
}
