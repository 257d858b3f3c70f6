internal import CLibrary
internal import CZeroMQKernel

/// Reading small files, such as certificates.
extension FileSystem {
    /// What changes when a file is replaced or written to.
    package struct Stamp: Sendable, Hashable {
        package let identity: Identity
        package let size: Int64
        package let seconds: Int
        package let nanoseconds: Int
    }

    /// The stamp of a regular file, following links; nil for anything else.
    package static func stamp(of path: String) -> Stamp? {
        var status = stat()
        guard retryingInterrupted({ stat(path, &status) }) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Stamp(
            identity: Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
            size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }

    /// The names in a directory, in no order, without `.` and `..`.
    package static func names(in path: String) throws(SystemError) -> [String] {
        guard let directory = opendir(path) else { throw SystemError.current }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The bytes of a file that has at most `limit`.
    package static func contents(of path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw SystemError.current }
        defer { _ = CLibrary.close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let step = bytes.withUnsafeMutableBytes { memory in
                retryingInterrupted {
                    read(descriptor, memory.baseAddress?.advanced(by: count), limit - count)
                }
            }
            guard step >= 0 else { throw SystemError.current }
            if step == 0 { break }
            count += step
        }
        return Array(bytes.prefix(count))
    }
}
