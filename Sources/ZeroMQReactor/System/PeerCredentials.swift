internal import CLibrary

/// The process at the other end of a Unix socket, as the kernel reports it.
package struct PeerCredentials: Sendable, Equatable {
    package let user: UInt32
    package let group: UInt32
    package let process: Int32

    /// Asks the kernel; nil for a descriptor that is no Unix socket.
    package init?(of descriptor: Int32) {
        // Three numbers of four bytes each: process, user, group.
        var numbers: (Int32, UInt32, UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: numbers))
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &numbers, &size) == 0 else {
            return nil
        }
        (process, user, group) = numbers
    }
}
