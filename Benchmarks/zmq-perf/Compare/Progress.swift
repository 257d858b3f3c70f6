internal import Glibc

/// Says on the standard error, if a person reads it, what is being done and how long it will take.
struct Progress {
    private let total: Double
    private var done = 0.0
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = MonotonicClock.now
    private var lastWidth = 0
    private var lastLine = 0

    /// Expects work of so many seconds.
    init(total: Double) { self.total = total }

    /// Seconds since the beginning.
    var elapsed: Double { Double(MonotonicClock.now - start) / 1e9 }

    mutating func advance(_ seconds: Double) { done += seconds }

    mutating func show(_ text: String) {
        let line = "\(percent) %, \(remaining) left  \(text)"
        if isTerminal {
            let blanks = String(repeating: " ", count: max(0, lastWidth - line.count))
            StandardError.write("\r\(line)\(blanks)")
            lastWidth = line.count
        } else if MonotonicClock.now - lastLine > 15_000_000_000 {
            // In a log, a line now and then is enough.
            StandardError.write(line + "\n")
            lastLine = MonotonicClock.now
        }
    }

    func finish() {
        if isTerminal { StandardError.write("\r\(String(repeating: " ", count: lastWidth))\r") }
    }

    private var percent: Int { total > 0 ? min(99, Int(done / total * 100)) : 0 }

    /// The estimate, corrected by how long what is done has really taken.
    private var remaining: String {
        let pace = done > total / 20 ? elapsed / done : 1
        return Progress.text(seconds: max(0, total - done) * pace)
    }

    static func text(seconds: Double) -> String {
        seconds < 90 ? "\(Int(seconds)) s" : "\(Int(seconds / 60 + 0.5)) min"
    }
}

/// The stream for everything that is not the result.
enum StandardError {
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
