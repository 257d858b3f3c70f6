internal import ZeroMQReactor

/// The file that a listener on an ipc path made, removed only while it is still the same file.
struct SocketFile: Sendable {
    let path: String
    /// A directory made for this file alone, as for `ipc://*`.
    let directory: String?
    private let identity: FileSystem.Identity?

    init(path: String, directory: String?) {
        self.path = path
        self.directory = directory
        identity = (try? FileSystem.identity(of: path)) ?? nil
    }

    func remove() {
        guard let identity, (try? FileSystem.identity(of: path)) == identity else { return }
        try? FileSystem.unlink(path)
        if let directory { try? FileSystem.removeDirectory(directory) }
    }
}
