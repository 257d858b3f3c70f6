internal import CLibrary

/// Files that a tool is told to read. What is wrong with one ends the program.
enum ToolFile {
    /// Nothing that the tools read is longer.
    private static let longest = 1 << 20

    /// The text of a file. A secret one that others may read is not used.
    static func text(_ path: String, isSecret: Bool) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { fail(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { fail(path) }
        // What comes through a pipe was never anybody else's to read.
        let isFile = status.st_mode & S_IFMT == S_IFREG
        if isSecret, isFile, status.st_mode & (S_IRWXG | S_IRWXO) != 0 {
            complain(
                "\(path): others than its owner may use it; chmod 600 helps",
                status: ExitCode.failure
            )
        }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = CLibrary.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { fail(path) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += block[..<count]
            guard bytes.count <= longest else {
                complain("\(path): it is too long", status: ExitCode.failure)
            }
        }
    }

    static func expectFolder(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { fail(path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            complain("\(path): this is no folder", status: ExitCode.failure)
        }
    }

    private static func fail(_ path: String) -> Never {
        complain("\(path): \(String(cString: strerror(errno)))", status: ExitCode.failure)
    }
}
