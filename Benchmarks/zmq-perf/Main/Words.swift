/// Words of a command line, taken one after the other.
struct Words {
    private var words: [String]
    private(set) var hasFailed = false

    init(_ words: some Sequence<String>) { self.words = words.reversed() }

    mutating func next() -> String? { words.popLast() }

    /// The word that must follow.
    mutating func required() -> String? {
        let word = words.popLast()
        if word == nil { hasFailed = true }
        return word
    }

    /// The number above zero that must follow.
    mutating func number() -> Int? {
        guard let word = required(), let number = Int(word), number > 0, number < 10_000_000 else {
            hasFailed = true
            return nil
        }
        return number
    }

    /// What must follow, with commas between.
    mutating func list() -> [String] {
        required()?.split(separator: ",").map(String.init) ?? []
    }
}
