/// The sub-command by which `compare` starts one end of a cell, or both.
enum CellProcess {
    static let name = "cell"

    /// Which ends a process plays.
    enum Ends: String {
        case serving, loading, both
    }

    /// The command line that starts a process for some ends of a cell.
    static func arguments(_ ends: Ends, _ cell: Cell, _ library: Library) -> [String] {
        [name, ends.rawValue, library.rawValue] + cell.words
    }

    /// Reads such a command line and runs it; false if it is none.
    static func run(_ words: [String]) throws -> Bool {
        guard words.count > 3, words[0] == name,
            let ends = Ends(rawValue: words[1]),
            let library = Library(rawValue: words[2]),
            let cell = Cell(words[3...])
        else { return false }
        // Nobody else would, if it is interrupted in the middle of a cell.
        HiddenCalls.endWithParent()
        ProcessLimits.raiseDescriptorLimit()
        switch library {
        case .ours: try run(ends, cell, try CellEnds<NativeMessaging>(cell, ends))
        case .libzmq: try run(ends, cell, try CellEnds<LibZMQMessaging>(cell, ends))
        case .none: try run(ends, cell, FloorEnds())
        }
        return true
    }

    private static func run(_ ends: Ends, _ cell: Cell, _ work: some CellWork) throws {
        let conductor = conductor(channel: 0)
        if cell.isPinned && ends != .loading { HiddenCalls.stay(onProcessor: 0) }
        switch ends {
        case .serving:
            try report(to: conductor) { try work.serve(cell, conductor) }
        case .loading:
            if cell.isPinned { HiddenCalls.stay(onProcessor: 1) }
            try report(to: conductor) { try work.load(cell, conductor) }
        case .both:
            let other = CellProcess.conductor(channel: 1)
            let thread = try WorkerThread {
                if cell.isPinned { HiddenCalls.stay(onProcessor: 1) }
                try report(to: other) { try work.load(cell, other) }
            }
            try report(to: conductor) { try work.serve(cell, conductor) }
            try thread.join()
        }
        try work.shutDown()
    }

    private static func conductor(channel index: Int) -> Conductor {
        let (input, output) = ChildProcess.descriptors(ofChannel: index)
        return Conductor(LineChannel(input: input, output: output), measuresUsage: index == 0)
    }

    /// Failures belong to the table, not to the terminal.
    private static func report(to conductor: Conductor, _ work: () throws -> Void) throws {
        do {
            try work()
        } catch {
            conductor.fail(error)
            throw error
        }
    }
}

/// What the two ends of a cell do.
protocol CellWork: Sendable {
    func serve(_ cell: Cell, _ conductor: Conductor) throws
    func load(_ cell: Cell, _ conductor: Conductor) throws
    /// Ends what both ends shared.
    func shutDown() throws
}

/// What an end of a cell is made with.
enum Library: String, Sendable {
    case ours, libzmq
    /// Nothing but the system: a floor.
    case none
}
