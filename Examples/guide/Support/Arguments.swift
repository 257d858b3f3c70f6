import ZeroMQ

/// The words after a role, read one by one; what is missing has a default.
struct Arguments: Sendable {
    private let words: [String]

    init(_ words: [String]) { self.words = words }

    /// The word at a place, or the default.
    func text(_ index: Int, default text: String) -> String {
        index < words.count ? words[index] : text
    }

    /// The number at a place, or the default.
    func number(_ index: Int, default number: Int) throws(WrongArguments) -> Int {
        guard index < words.count else { return number }
        guard let number = Int(words[index]) else {
            throw WrongArguments(description: "'\(words[index])' is not a number.")
        }
        return number
    }

    /// All words from a place on, or the defaults if there are none.
    func rest(from index: Int, default defaults: [String]) -> [String] {
        index < words.count ? Array(words[index...]) : defaults
    }
}

/// Arguments that a role cannot use.
struct WrongArguments: Error, CustomStringConvertible {
    let description: String
}
