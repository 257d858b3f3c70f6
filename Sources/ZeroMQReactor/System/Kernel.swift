internal import CLibrary
internal import CZeroMQKernel

/// Socket calls and constants, in the types that the rest of the module uses.
enum Kernel {
    /// The flag that keeps a write to a broken connection from raising a signal.
    static let noSignal = Int32(MSG_NOSIGNAL)

    /// The type of all sockets made here: non-blocking streams that child programs do not inherit.
    static let streamType = zeromq_sock_stream | zeromq_sock_nonblock | zeromq_sock_cloexec

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

    /// The longest name of a congestion control algorithm.
    private static let longestControl = 15

    /// The name of the algorithm that decides how fast TCP sends; nil if the kernel refuses.
    static func congestionControl(of descriptor: Int32) -> String? {
        var name = [UInt8](repeating: 0, count: longestControl + 1)
        var size = socklen_t(name.count)
        let tcp = Int32(IPPROTO_TCP)
        guard getsockopt(descriptor, tcp, TCP_CONGESTION, &name, &size) == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Chooses the algorithm that decides how fast TCP sends.
    static func setCongestionControl(
        of descriptor: Int32,
        to name: String
    ) throws(SystemError) {
        let bytes = Array(name.utf8)
        // The kernel would truncate a longer name, and stop at a zero byte.
        guard bytes.count <= longestControl, !bytes.contains(0) else {
            throw SystemError(errno: ENOENT)
        }
        let size = socklen_t(bytes.count)
        let tcp = Int32(IPPROTO_TCP)
        try checked { setsockopt(descriptor, tcp, TCP_CONGESTION, bytes, size) }
    }

    /// Reads an integer option of a socket; nil when the kernel refuses.
    static func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, level, name, &value, &size) == 0 else { return nil }
        return value
    }
}
