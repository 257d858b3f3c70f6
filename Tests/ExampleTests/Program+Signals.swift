import Glibc
import Testing

extension Program {
    /// Waits until the program has printed a line that begins with `text`, as often as `count`
    /// says, and returns the rest of that line.
    @discardableResult
    func line(_ text: String, count: Int = 1) throws -> String {
        let deadline = ContinuousClock.now + Peers.patience
        var found: [Substring] { lines.filter { $0.hasPrefix(text) } }
        do {
            try OutputPipe.readToEnd([output, errors], until: deadline) { found.count >= count }
        } catch is OutputPipe.Overdue {}
        let matches = found
        try #require(
            matches.count >= count,
            "no line '\(text)' (\(count)) in:\n\(output.text)\n\(errors.text)"
        )
        return String(matches[count - 1].dropFirst(text.count))
    }

    /// The lines that have been read, and that are complete.
    var lines: [Substring] {
        output.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }

    /// Ends the program without a chance to say a word.
    func kill() { Glibc.kill(identifier, SIGKILL) }

    /// Stops the program in its tracks; it keeps its connections.
    func freeze() { Glibc.kill(identifier, SIGSTOP) }

    /// Lets a frozen program go on.
    func thaw() { Glibc.kill(identifier, SIGCONT) }
}
