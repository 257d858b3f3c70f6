internal import CLibrary

/// A lock that `fork` waits for, so that a child never finds the protected work half done.
package enum ForkLock {
    private static let lock = Locked(())

    /// Registers hooks that the system calls around every fork, the last one in the child.
    private static let isKnownToSystem =
        pthread_atfork({ lock.lock() }, { lock.unlock() }, { lock.unlock() }) == 0

    /// Runs `body` while no fork can happen. `body` must not fork.
    package static func withLock(_ body: () -> Void) {
        lock.withLock { _ in body() }
    }

    /// Makes forks wait for the lock from here on.
    package static func begin() { _ = isKnownToSystem }
}
