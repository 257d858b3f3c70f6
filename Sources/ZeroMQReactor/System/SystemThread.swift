internal import CLibrary
internal import CZeroMQKernel
internal import Synchronization

/// A thread of the operating system that runs one closure and can be joined.
package final class SystemThread: Sendable {
    private static let running: UInt32 = 0
    private static let finished: UInt32 = 1

    private let name: String
    /// Taken when the thread starts, so that everything it retains is released when it ends.
    private let body: Locked<(@Sendable () -> Void)?>
    nonisolated(unsafe) private let word: Futex.Word
    // Unsafe only because it is a pointer: its target is atomic and lives as long as this object.

    private init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = Locked(body)
        word = .allocate(capacity: 1)
        word.initialize(to: Atomic(SystemThread.running))
    }

    deinit {
        word.deinitialize(count: 1)
        word.deallocate()
    }

    /// Starts a thread that receives no signals; throws if the system has no more threads.
    package static func start(
        name: String,
        body: @escaping @Sendable () -> Void
    ) throws(SystemError) -> SystemThread {
        let thread = SystemThread(name: name, body: body)
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        // Detached: threads join through a word of our own. Any number of them can do so, with a
        // deadline, and a thread that is stuck can be abandoned.
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let status = withSignalsBlocked {
            let box = Unmanaged.passRetained(thread)
            let status = zeromq_create_thread(&attributes, SystemThread.entry, box.toOpaque())
            if status != 0 { box.release() }
            return status
        }
        guard status == 0 else { throw SystemError(errno: status) }
        return thread
    }

    /// A new thread inherits the signal mask of the thread that starts it. Signals are for the
    /// application's own threads.
    private static func withSignalsBlocked(_ body: () -> Int32) -> Int32 {
        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        return body()
    }

    private static let entry:
        @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
            guard let context = $0 else { return nil }
            Unmanaged<SystemThread>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }

    private func run() {
        // The kernel keeps fifteen bytes of a name.
        _ = String(decoding: name.utf8.prefix(15), as: UTF8.self).withCString { text in
            KernelCall.invoke(SYS_prctl, Int(PR_SET_NAME), Int(bitPattern: text))
        }
        runBody()
        // Releasing: pairs with the acquiring load in `join`.
        word.pointee.store(SystemThread.finished, ordering: .releasing)
        Futex.wakeAll(word)
    }

    /// Runs the closure and releases it before joining threads are woken.
    @inline(never)
    private func runBody() {
        let body = body.withLock { $0.take() }
        body?()
    }

    /// Waits for the closure to return; returns false if the deadline comes first.
    @discardableResult
    package func join(until deadline: Instant? = nil) -> Bool {
        // Acquiring: pairs with the releasing store in `run`.
        while word.pointee.load(ordering: .acquiring) == SystemThread.running {
            if !Futex.wait(on: word, expected: SystemThread.running, deadline: deadline) {
                return word.pointee.load(ordering: .acquiring) == SystemThread.finished
            }
        }
        return true
    }

    /// A number that identifies the calling thread among all live threads; never zero.
    package static var currentIdentity: UInt { zeromq_thread_identity() }
}
