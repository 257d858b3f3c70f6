import CLibrary

/// What the system says is wrong with a file.
struct FileTrouble: Error, CustomStringConvertible {
    let description: String

    init(_ path: String, _ number: Int32 = errno) {
        description = "\(path): \(String(cString: strerror(number)))"
    }
}

/// A file that must not be there yet: a key that was overwritten is lost.
final class NewFile {
    private let path: String
    private let mode: mode_t
    /// As long as the file is being made; else -1.
    private var descriptor: Int32 = -1
    private var isMade = false

    init(_ path: String, mode: mode_t) {
        (self.path, self.mode) = (path, mode)
    }

    func create() throws(FileTrouble) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw FileTrouble(path) }
        isMade = true
    }

    /// Fills the file and closes it.
    func write(_ text: String) throws(FileTrouble) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                CLibrary.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 || errno == EINTR else { throw FileTrouble(path) }
            rest = rest.dropFirst(max(0, count))
        }
        let status = close(descriptor)
        descriptor = -1
        guard status == 0 else { throw FileTrouble(path) }
    }

    /// Removes the file if this has made it, and nobody else's.
    func remove() {
        if descriptor >= 0 { close(descriptor) }
        if isMade { unlink(path) }
    }
}
