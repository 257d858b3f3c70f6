import Foundation
import Glibc
import Testing

/// An example that runs as a process of its own, as a user would start it.
final class Program {
    /// How a program ended and what it had written by then.
    struct Ending {
        /// The exit status; nil if a signal ended the program.
        let status: Int32?
        let output: String
        let errors: String
    }

    let identifier: pid_t
    let output: OutputPipe
    let errors: OutputPipe
    private var isReaped = false

    /// Starts one of the examples, which the build put beside the program that runs the tests.
    init(_ name: String, _ arguments: [String], input: String? = nil) throws {
        output = try OutputPipe()
        errors = try OutputPipe()
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = tests.deletingLastPathComponent().appendingPathComponent(name).path
        let source = try input.map(InputFile.init)
        identifier = try Self.start(
            path,
            arguments,
            input: source?.descriptor,
            output: output,
            errors: errors
        )
        output.closeWriteEnd()
        errors.closeWriteEnd()
    }

    deinit {
        guard !isReaped else { return }
        Glibc.kill(identifier, SIGKILL)
        waitpid(identifier, nil, 0)
    }

    /// Does what Ctrl-C does.
    func interrupt() { Glibc.kill(identifier, SIGINT) }

    /// Waits for the end of the program, which has to come within a minute.
    func ending() throws -> Ending {
        let deadline = ContinuousClock.now + .seconds(60)
        try OutputPipe.readToEnd([output, errors], until: deadline)
        // A program whose output has ended has itself ended, or does so now.
        var status: Int32 = 0
        guard waitpid(identifier, &status, 0) == identifier else {
            throw SystemFailure(call: "waitpid", number: errno)
        }
        isReaped = true
        return Ending(
            status: status & 0x7f == 0 ? (status >> 8) & 0xff : nil,
            output: output.text,
            errors: errors.text
        )
    }

    private static func start(
        _ path: String,
        _ arguments: [String],
        input: Int32?,
        output: OutputPipe,
        errors: OutputPipe
    ) throws -> pid_t {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        if let input { posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO) }
        posix_spawn_file_actions_adddup2(&files, output.writeEnd, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&files, errors.writeEnd, STDERR_FILENO)

        // Whoever runs the tests in the background may ignore SIGINT; the example must not.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for string in words + variables { free(string) } }
        var identifier: pid_t = 0
        let number = posix_spawn(&identifier, path, &files, &attributes, words, variables)
        guard number == 0 else { throw SystemFailure(call: "posix_spawn \(path)", number: number) }
        return identifier
    }
}

/// What a program finds on its standard input: a file that nobody else sees.
final class InputFile {
    let descriptor: Int32

    init(_ text: String) throws {
        let folder = FileManager.default.temporaryDirectory
        let file = folder.appendingPathComponent("zeromq-\(UUID().uuidString)")
        try text.write(to: file, atomically: false, encoding: .utf8)
        descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        try FileManager.default.removeItem(at: file)
        guard descriptor >= 0 else { throw SystemFailure(call: "open", number: errno) }
    }

    deinit { close(descriptor) }
}

/// A call into the system that failed.
struct SystemFailure: Error, CustomStringConvertible {
    let call: String
    let number: Int32

    var description: String { "\(call): \(String(cString: strerror(number)))" }
}
