internal import CLibrary

/// An error of the operating system, identified by its `errno`.
package struct SystemError: Error, Sendable, Hashable {
    /// The error number of the C library.
    package let errno: Int32

    /// Wraps a number that was read from `errno` or from a socket.
    package init(errno: Int32) {
        self.errno = errno
    }

    /// The error of the last call on this thread.
    package static var current: SystemError {
        SystemError(errno: CLibrary.errno)
    }

    /// The symbolic name, such as `ECONNREFUSED`; the number if the name is unknown.
    package var name: String {
        SystemError.names[errno] ?? "errno \(errno)"
    }

    /// The C library's description of this error.
    package var message: String {
        var buffer = [CChar](repeating: 0, count: 128)
        // `strerror` shares one buffer among threads; the reentrant form writes into ours.
        guard strerror_r(errno, &buffer, buffer.count) == 0 else { return name }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)),
            as: UTF8.self
        )
    }

    /// Whether the process or the machine has run out of descriptors or of memory for them.
    package var isShortage: Bool {
        [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno)
    }
}

extension SystemError: CustomStringConvertible {
    package var description: String { "\(name) (\(message))" }
}

/// The errors that the layers above distinguish by name.
extension SystemError {
    package static let addressInUse = SystemError(errno: EADDRINUSE)
    package static let addressNotAvailable = SystemError(errno: EADDRNOTAVAIL)
    package static let connectionRefused = SystemError(errno: ECONNREFUSED)
    package static let connectionReset = SystemError(errno: ECONNRESET)
    package static let notPermitted = SystemError(errno: EACCES)
    package static let operationNotPermitted = SystemError(errno: EPERM)
    package static let readOnlyFileSystem = SystemError(errno: EROFS)
    package static let notADirectory = SystemError(errno: ENOTDIR)
    package static let noSuchDevice = SystemError(errno: ENODEV)
    package static let noSuchFile = SystemError(errno: ENOENT)
    package static let timedOut = SystemError(errno: ETIMEDOUT)
    package static let badDescriptor = SystemError(errno: EBADF)
    package static let invalidArgument = SystemError(errno: EINVAL)
    package static let familyNotSupported = SystemError(errno: EAFNOSUPPORT)
    package static let nameTooLong = SystemError(errno: ENAMETOOLONG)
}
