internal import Glibc

/// The file by which a process listens over ipc. It has one at most.
enum SocketFile {
    static func path(of process: Int) -> String { "/tmp/zmq-perf-\(process)" }

    /// Removes what a process that was killed has left behind.
    static func remove(of process: Int) { unlink(path(of: process)) }
}
