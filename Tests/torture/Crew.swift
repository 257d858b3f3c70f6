import Dispatch
import Glibc
import Synchronization

/// Threads and tasks that work at the same time. What goes wrong in one ends the process.
final class Crew: Sendable {
    private let threads = Mutex<[pthread_t]>([])
    private let tasks = DispatchGroup()

    /// `isListed` unless it works for as long as the process.
    func start(
        _ name: String,
        isListed: Bool = true,
        _ work: @escaping @Sendable () throws -> Void
    ) throws {
        let desk = Desk(name)
        if isListed { Roster.shared.enter(desk) }
        let box = Unmanaged.passRetained(
            Work {
                Desk.$own.withValue(desk) {
                    do { try work() } catch { fail(error) }
                }
                Roster.shared.leave(desk)
            }
        )
        var thread = pthread_t()
        let number = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            box.toOpaque()
        )
        guard number == 0 else {
            box.release()
            throw Failure("no thread: \(number)")
        }
        threads.withLock { $0.append(thread) }
    }

    func startTask(_ name: String, _ work: @escaping @Sendable () async throws -> Void) {
        let desk = Desk(name)
        Roster.shared.enter(desk)
        tasks.enter()
        Task.detached {
            await Desk.$own.withValue(desk) {
                do { try await work() } catch { fail(error) }
            }
            Roster.shared.leave(desk)
            self.tasks.leave()
        }
    }

    /// Waits for all of them.
    func join() {
        during("waits for workers", isPatient: true) {
            tasks.wait()
            while let thread = threads.withLock({ $0.popLast() }) { pthread_join(thread, nil) }
        }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
