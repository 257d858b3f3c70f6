internal import CLibrary

/// A lock that `fork` waits for, so that a child never finds half done what is done under it.
package enum ForkLock {
    private static let lock = Locked(())

    /// The system calls these around every fork of the process, the last one in the child.
    private static let isKnownToSystem =
        pthread_atfork({ lock.lock() }, { lock.unlock() }, { lock.unlock() }) == 0

    /// Does something that does not fork.
    package static func withLock(_ body: () -> Void) {
        lock.withLock { _ in body() }
    }

    /// Has forks wait from here on.
    package static func begin() { _ = isKnownToSystem }
}
