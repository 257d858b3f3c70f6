internal import ZeroMQReactor

/// The file of a listener on an ipc path. It is removed only while it is still the same file.
///
/// It is removed when the endpoint is closed, or else when the process exits.
final class SocketFile: Sendable {
    private let path: String
    /// The directory that was made for this file alone, as for `ipc://*`.
    private let directory: String?
    private let identity: FileSystem.Identity?
    private let exitWork: ExitWork.Ticket

    init(path: String, directory: String?) {
        self.path = path
        self.directory = directory
        let identity = (try? FileSystem.identity(of: path)) ?? nil
        self.identity = identity
        exitWork = ExitWork.add { Self.remove(path, identity, directory) }
    }

    func remove() {
        ExitWork.remove(exitWork)
        Self.remove(path, identity, directory)
    }

    private static func remove(
        _ path: String,
        _ identity: FileSystem.Identity?,
        _ directory: String?
    ) {
        if let identity, (try? FileSystem.identity(of: path)) == identity {
            try? FileSystem.unlink(path)
        }
        // The system refuses this if another process has put a file there.
        if let directory { try? FileSystem.removeDirectory(directory) }
    }
}
