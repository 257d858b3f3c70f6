internal import CLibrary

/// What the command line of a tool says, word by word.
package protocol ToolArguments {
    init()

    /// Takes a word, and from the others what belongs to it; false if it is wrong.
    mutating func take(_ word: String, _ others: inout Words) -> Bool
    /// What is wrong with the word that was not taken, if there is more to say than the usage.
    var complaint: String? { get }
    /// Whether everything is there that has to be.
    var isComplete: Bool { get }
    /// How connections are protected, which all tools are told in the same way.
    var security: SecurityArguments { get set }
}

/// The words that come next.
package typealias Words = IndexingIterator<[String]>

extension ToolArguments {
    package var complaint: String? { nil }

    /// Reads the command line of this process. Ends the program if it is wrong or asks for help.
    package static func read(usage: String) -> Self {
        let words = Array(CommandLine.arguments.dropFirst())
        if words.contains(where: { $0 == "-h" || $0 == "--help" }) {
            print(usage)
            exit(ExitCode.success)
        }
        var arguments = Self()
        var others = words.makeIterator()
        while let word = others.next() {
            let isRight = arguments.security.take(word, &others) ?? arguments.take(word, &others)
            if !isRight { complain(arguments.explained(usage), status: ExitCode.usage) }
        }
        guard arguments.isComplete, arguments.security.isConsistent else {
            complain(usage, status: ExitCode.usage)
        }
        return arguments
    }

    /// The usage, or what is wrong and how to see the usage, which would hide it.
    private func explained(_ usage: String) -> String {
        guard let complaint else { return usage }
        return "\(complaint)\n\(usage.prefix { $0 != "\n" })\n(--help says more)"
    }
}
