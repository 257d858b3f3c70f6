internal import Glibc

/// Lines of text through a pair of descriptors, one for each direction.
struct LineChannel {
    let input: Int32
    let output: Int32
    private var buffered: [UInt8] = []

    init(input: Int32, output: Int32) {
        self.input = input
        self.output = output
    }

    /// The next line; nil at the end of the input.
    mutating func readLine() -> String? {
        while true {
            if let line = takeLine() { return line }
            guard fill() else { return nil }
        }
    }

    /// A line that has been read already.
    mutating func takeLine() -> String? {
        guard let end = buffered.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { buffered.removeSubrange(...end) }
        return String(decoding: buffered[..<end], as: UTF8.self)
    }

    /// Waits for input and takes it; false at its end.
    mutating func fill() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 4096)
        var count = read(input, &bytes, bytes.count)
        while count < 0 && errno == EINTR { count = read(input, &bytes, bytes.count) }
        guard count > 0 else { return false }
        buffered.append(contentsOf: bytes[..<count])
        return true
    }

    /// Whether something could be read without waiting.
    var hasInput: Bool {
        guard buffered.isEmpty else { return true }
        var waiting = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    /// Writes a line; a reader that has gone is of no interest.
    func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(output, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            written += count
        }
    }

    func close() {
        Glibc.close(input)
        Glibc.close(output)
    }
}
