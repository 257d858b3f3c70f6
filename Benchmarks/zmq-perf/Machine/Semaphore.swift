internal import Glibc

/// A semaphore: a waiting thread sleeps in the kernel, which costs what a futex costs.
final class Semaphore: @unchecked Sendable {
    // Sendable because a semaphore is made to be used by several threads.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() { while sem_wait(semaphore) != 0 && errno == EINTR {} }
}
