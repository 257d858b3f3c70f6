internal import CLibrary

/// The few things about files that Unix sockets need.
package enum FileSystem {
    /// The kind of file at a path.
    package enum PathKind: Sendable, Equatable {
        case missing
        case socket
        case other
    }

    /// Tells one file from another at the same path.
    package struct Identity: Sendable, Hashable {
        package let device: UInt64
        package let inode: UInt64
    }

    /// The kind of file at a path; does not follow a symbolic link.
    package static func kind(of path: String) throws(SystemError) -> PathKind {
        guard let status = try status(of: path) else { return .missing }
        return status.st_mode & S_IFMT == S_IFSOCK ? .socket : .other
    }

    /// The file at a path; nil if there is none.
    package static func identity(of path: String) throws(SystemError) -> Identity? {
        guard let status = try status(of: path) else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Removes a file's name; a missing file is no error.
    package static func unlink(_ path: String) throws(SystemError) {
        try ignoringMissing { CLibrary.unlink(path) }
    }

    /// Removes an empty directory; a missing one is no error.
    package static func removeDirectory(_ path: String) throws(SystemError) {
        try ignoringMissing { rmdir(path) }
    }

    /// Makes a directory with a new name, for this user only, where temporary files belong.
    package static func makeTemporaryDirectory(prefix: String) throws(SystemError) -> String {
        let parent = ["TMPDIR", "TEMPDIR", "TMP"].lazy.compactMap(environment).first ?? "/tmp"
        var template = "\(parent)/\(prefix)XXXXXX".utf8CString.map { $0 }
        guard mkdtemp(&template) != nil else { throw SystemError.current }
        let bytes = template.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    private static func status(of path: String) throws(SystemError) -> stat? {
        var status = stat()
        guard retryingInterrupted({ lstat(path, &status) }) == 0 else {
            let error = SystemError.current
            if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
            throw error
        }
        return status
    }

    private static func ignoringMissing(_ call: () -> Int32) throws(SystemError) {
        if retryingInterrupted(call) == -1, errno != ENOENT {
            throw SystemError.current
        }
    }
}
