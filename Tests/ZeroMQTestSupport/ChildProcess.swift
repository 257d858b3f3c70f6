internal import Glibc

/// A program of this package that runs as a process of its own and is spoken to by lines.
///
/// For one thread at a time.
public final class ChildProcess: @unchecked Sendable {
    // Sendable because a test hands it from one thread to the next and never shares it.

    /// What could not be done with the process.
    public enum Failure: Error, Equatable {
        case systemCall(String, errno: Int32)
        /// The process ended, by a signal if `status` has one in its low bits.
        case ended(status: Int32)
        case overdue
    }

    public let identifier: Int32
    private let channel: Int32
    private var unread: [UInt8] = []
    private var status: Int32?

    /// Starts a program that the build put beside the one that runs the tests.
    public init(_ name: String, _ arguments: [String]) throws {
        var ends: [Int32] = [-1, -1]
        // Closed on exec, or a process started at the same moment would keep our ends open.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw Failure.systemCall("socketpair", errno: errno)
        }
        defer { close(ends[1]) }
        channel = ends[0]
        identifier = try Self.start(Self.directory + "/" + name, arguments, channel: ends[1])
    }

    /// A process whose input has ended is to end by itself, and to tidy up; not so one that hangs.
    deinit {
        shutdown(channel, Int32(SHUT_WR))
        defer { close(channel) }
        guard status == nil else { return }
        var buffer = [UInt8](repeating: 0, count: 65536)
        var hasEnded = false
        while !hasEnded, RawDescriptor.wait(channel, for: POLLIN, milliseconds: 2000) {
            hasEnded = recv(channel, &buffer, buffer.count, 0) <= 0
        }
        if !hasEnded { kill(identifier, SIGKILL) }
        waitpid(identifier, nil, 0)
    }

    /// Where the build put the programs.
    private static let directory: String = {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let text = String(decoding: path.prefix(max(0, count)).map(UInt8.init), as: UTF8.self)
        return String(text[..<(text.lastIndex(of: "/") ?? text.startIndex)])
    }()

    private static func start(
        _ path: String,
        _ arguments: [String],
        channel: Int32
    ) throws -> Int32 {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_adddup2(&files, channel, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&files, channel, STDOUT_FILENO)
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var identifier: pid_t = 0
        let number = posix_spawn(&identifier, path, &files, nil, words, environ)
        guard number == 0 else { throw Failure.systemCall("posix_spawn", errno: number) }
        return identifier
    }

    // MARK: Lines

    /// Sends a line.
    public func say(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(channel, $0.baseAddress?.advanced(by: sent), $0.count - sent, 0x4000)
            }
            guard count > 0 else { throw ending() }
            sent += count
        }
    }

    /// Waits for the next line.
    public func hear(milliseconds: Int32 = 30_000) throws -> String {
        while true {
            if let end = unread.firstIndex(of: 10) {
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            guard RawDescriptor.wait(channel, for: POLLIN, milliseconds: milliseconds) else {
                throw Failure.overdue
            }
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = recv(channel, &buffer, buffer.count, 0)
            guard count > 0 else { throw ending() }
            unread += buffer[..<count]
        }
    }

    /// Ends the process as a crash would: it has no time to tidy up.
    public func crash() throws {
        kill(identifier, SIGKILL)
        while true { _ = try hear() }
    }

    /// Waits for the end of the process.
    private func ending() -> Failure {
        var status: Int32 = 0
        guard waitpid(identifier, &status, 0) == identifier else { return .overdue }
        self.status = status
        return .ended(status: status)
    }

    // MARK: What it uses

    /// How many descriptors are open.
    public var descriptorCount: Int {
        guard let directory = opendir("/proc/\(identifier)/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Not the directory itself, nor the one above it.
        return count - 2
    }

    /// Bytes of memory that are resident.
    public var residentBytes: Int {
        guard let file = fopen("/proc/\(identifier)/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, file) != nil else { return 0 }
        let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
            .split(separator: " ")
        return words.count > 1 ? (Int(words[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// The processor time of all its threads so far.
    public var processorTime: Duration {
        var clock: clockid_t = 0
        var time = timespec()
        guard clock_getcpuclockid(identifier, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            return .zero
        }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
