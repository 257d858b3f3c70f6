internal import Glibc

/// Socket calls and constants in the types the rest of the module wants them in.
enum Kernel {
    /// The flag that keeps a write to a broken connection from raising a signal.
    static let noSignal = Int32(MSG_NOSIGNAL)

    /// The type of every socket made here: a stream that never blocks and is never inherited.
    static let streamType = Int32(
        SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
    )

    /// Opens a stream socket.
    static func streamSocket(family: Int32) throws(SystemError) -> FileDescriptor {
        FileDescriptor(owning: try checked { socket(family, streamType, 0) })
    }

    /// Sets an integer option of a socket.
    static func setOption(
        _ descriptor: Int32,
        _ level: Int32,
        _ name: Int32,
        _ value: Int32
    ) throws(SystemError) {
        var value = value
        let size = socklen_t(MemoryLayout<Int32>.size)
        try checked { setsockopt(descriptor, level, name, &value, size) }
    }

    /// Reads an integer option of a socket; nil when the kernel refuses.
    static func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, level, name, &value, &size) == 0 else { return nil }
        return value
    }
}
