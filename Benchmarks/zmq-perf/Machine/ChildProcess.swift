internal import Glibc

/// This program once more, with other arguments and with lines of text going both ways.
///
/// Or another build of it, so that two states of the library can be compared in one run.
final class ChildProcess {
    /// One for each end that the child plays.
    private(set) var channels: [LineChannel] = []
    private var identifier: pid_t?

    /// Starts the child with as many channels; the first one is its standard input and output.
    init(
        _ arguments: [String],
        channels count: Int,
        program: String = ChildProcess.itself
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var childEnds: [Int32] = []
        defer { for descriptor in childEnds { close(descriptor) } }
        for index in 0..<count {
            let (toChild, fromChild) = (try ChildProcess.pipe(), try ChildProcess.pipe())
            channels.append(LineChannel(input: fromChild.reading, output: toChild.writing))
            childEnds += [toChild.reading, fromChild.writing]
            let numbers = ChildProcess.descriptors(ofChannel: index)
            posix_spawn_file_actions_adddup2(&actions, toChild.reading, numbers.input)
            posix_spawn_file_actions_adddup2(&actions, fromChild.writing, numbers.output)
        }
        var words = (["zmq-perf"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var started = pid_t()
        let status = posix_spawn(&started, program, &actions, nil, &words, environ)
        guard status == 0 else { throw PerfFailure("a process cannot be made (\(status))") }
        identifier = started
    }

    /// The program that is running.
    static let itself = "/proc/self/exe"

    /// The numbers that the descriptors of a channel have in the child.
    static func descriptors(ofChannel index: Int) -> (input: Int32, output: Int32) {
        index == 0 ? (STDIN_FILENO, STDOUT_FILENO) : (3, 4)
    }

    /// Waits for the end of the child; whether it ended well. Killed first if it has to be.
    @discardableResult
    func end(killing: Bool) -> Bool {
        guard let identifier else { return false }
        self.identifier = nil
        defer { SocketFile.remove(of: Int(identifier)) }
        if killing { kill(identifier, SIGKILL) }
        for channel in channels { channel.close() }
        // One that does not end by itself must not keep the others waiting.
        let deadline = MonotonicClock.now + ChildProcess.patience
        var status: Int32 = 0
        while true {
            let ended = waitpid(identifier, &status, WNOHANG)
            if ended == identifier { return status == 0 }
            if ended < 0 && errno != EINTR { return false }
            if MonotonicClock.now > deadline { kill(identifier, SIGKILL) }
            MonotonicClock.sleep(until: MonotonicClock.now + 500_000)
        }
    }

    /// Nanoseconds that a child may take to end when everything is said.
    private static let patience = 20_000_000_000

    /// Takes in what the child has written; false at the end of it.
    func fill(channel index: Int) -> Bool { channels[index].fill() }

    /// The next whole line that was taken in.
    func takeLine(channel index: Int) -> String? { channels[index].takeLine() }

    deinit { end(killing: true) }

    /// A pipe whose descriptors no child inherits, and whose numbers none of its own can meet.
    private static func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw PerfFailure("a pipe cannot be made") }
        defer { for end in ends { close(end) } }
        let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 10) }
        guard moved.allSatisfy({ $0 >= 0 }) else { throw PerfFailure("a pipe cannot be moved") }
        return (moved[0], moved[1])
    }
}
