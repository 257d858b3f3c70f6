internal import Glibc
internal import Synchronization

/// A second thread of a benchmark, which runs one closure to its end.
final class WorkerThread: Sendable {
    private let work: @Sendable () throws -> Void
    private let failure = Mutex<(any Error)?>(nil)
    private let handle = Mutex<pthread_t?>(nil)

    /// Starts the thread.
    init(_ work: @escaping @Sendable () throws -> Void) throws {
        self.work = work
        let status = handle.withLock { handle in
            var thread = pthread_t()
            let box = Unmanaged.passRetained(self)
            let status = pthread_create(&thread, nil, WorkerThread.entry, box.toOpaque())
            if status == 0 { handle = thread } else { box.release() }
            return status
        }
        guard status == 0 else { throw PerfFailure("a thread cannot be made (\(status))") }
    }

    /// Waits for the end of the thread and throws what it threw. Only once.
    func join() throws {
        if let thread = handle.withLock({ $0.take() }) { pthread_join(thread, nil) }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private static let entry:
        @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
            guard let context = $0 else { return nil }
            Unmanaged<WorkerThread>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }

    private func run() {
        do { try work() } catch { failure.withLock { $0 = error } }
    }
}
