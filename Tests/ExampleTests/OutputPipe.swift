import Glibc

/// What a program writes to one of its outputs.
final class OutputPipe {
    /// A program that has not ended in time.
    struct Overdue: Error {}

    private let readEnd: Int32
    private(set) var writeEnd: Int32
    private var bytes: [UInt8] = []
    private var hasEnded = false

    init() throws {
        var ends: [Int32] = [-1, -1]
        // Sockets, because no other program that a test starts may inherit an end, not even when
        // it starts at this very moment: pipes can only be marked afterwards.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw SystemFailure(call: "socketpair", number: errno)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        closeWriteEnd()
    }

    /// Everything that was read, as text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Leaves writing to the program alone, so that the pipe ends when the program does.
    func closeWriteEnd() {
        guard writeEnd >= 0 else { return }
        close(writeEnd)
        writeEnd = -1
    }

    /// Reads all pipes until nobody can write to any of them, or `isEnough` holds.
    static func readToEnd(
        _ pipes: [OutputPipe],
        until deadline: ContinuousClock.Instant,
        unless isEnough: () -> Bool = { false }
    ) throws {
        while !isEnough() {
            let open = pipes.filter { !$0.hasEnded }
            guard !open.isEmpty else { return }
            var interests = open.map { pollfd(fd: $0.readEnd, events: Int16(POLLIN), revents: 0) }
            let left = (deadline - .now) / .milliseconds(1)
            guard left > 0 else { throw Overdue() }
            guard poll(&interests, nfds_t(interests.count), Int32(left.rounded(.up))) >= 0 else {
                if errno == EINTR { continue }
                throw SystemFailure(call: "poll", number: errno)
            }
            for (pipe, interest) in zip(open, interests) where interest.revents != 0 {
                pipe.readOnce()
            }
        }
    }

    private func readOnce() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(readEnd, &buffer, buffer.count)
        if count > 0 { bytes += buffer[..<count] }
        if count == 0 { hasEnded = true }
    }
}
