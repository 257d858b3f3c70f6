/// What the command line says, checked.
struct Arguments {
    var command: Command
    var endpoint = ""
    var size = 0
    var count = 0
    /// Subscribers, idle peers, or sockets to wait for.
    var peers = 0
    var highWaterMark: Int32?
    var usesLibZMQ = false

    /// Reads a command line without the name of the program; nil if it is wrong.
    init?(_ words: some Sequence<String>) {
        var positional: [String] = []
        var highWaterMark: Int32?
        var usesLibZMQ = false
        var words = words.makeIterator()
        while let word = words.next() {
            switch word {
            case "--libzmq":
                usesLibZMQ = true
            case "--hwm":
                guard let text = words.next(), let mark = Int32(text), mark >= 0 else { return nil }
                highWaterMark = mark
            default:
                if word.hasPrefix("--") { return nil }
                positional.append(word)
            }
        }
        guard let name = positional.first, let command = Command(rawValue: name) else { return nil }
        self.command = command
        self.highWaterMark = highWaterMark
        self.usesLibZMQ = usesLibZMQ
        guard read(positional.dropFirst()) else { return nil }
    }

    /// Takes the positional words in the order that the command names them.
    private mutating func read(_ words: ArraySlice<String>) -> Bool {
        guard words.count == command.parameters.count else { return false }
        for (parameter, word) in zip(command.parameters, words) {
            if parameter == .endpoint {
                endpoint = word
                continue
            }
            guard let number = Int(word), number >= parameter.minimum else { return false }
            // No run needs more, and no product of two such numbers overflows.
            guard number <= Int(Int32.max) else { return false }
            switch parameter {
            case .size: size = number
            case .count, .roundTrips: count = number
            case .subscribers, .peers, .sockets: peers = number
            case .endpoint: break
            }
        }
        return true
    }
}
