internal import ZeroMQReactor

/// Has the questions of authenticators answered, so many at a time; the others wait in line.
///
/// Strangers decide how many questions are asked, so they must not decide how many threads and
/// tasks there are. A question that is withdrawn while it waits leaves the line at once. One that
/// is being answered keeps its place until it is over, since nobody can end a call that blocks.
final class QuestionPool: Sendable {
    /// How a question is answered. Both say nothing when the question has been withdrawn.
    enum Work: Sendable {
        /// By a call that may block its thread.
        case blocking(@Sendable () -> Void)
        /// In a task.
        case suspending(@Sendable () async -> Void)
    }

    private struct Job: Sendable {
        let question: Question
        let work: Work
        let refuse: @Sendable (SystemError) -> Void
    }

    private struct State: Sendable {
        /// Those in line, by their place in it. A table, so that anybody can leave it at once.
        private var waiting: [UInt64: Job] = [:]
        private var places: [ObjectIdentifier: UInt64] = [:]
        private var first: UInt64 = 0
        private var last: UInt64 = 0
        /// Threads and tasks at work.
        var running = 0

        var waitingCount: Int { waiting.count }

        mutating func enqueue(_ job: Job) {
            waiting[last] = job
            places[ObjectIdentifier(job.question)] = last
            last += 1
        }

        /// Each place is looked at once, whether its question is still there or not.
        mutating func dequeue() -> Job? {
            while first < last {
                defer { first += 1 }
                guard let job = waiting.removeValue(forKey: first) else { continue }
                places[ObjectIdentifier(job.question)] = nil
                return job
            }
            return nil
        }

        mutating func leave(_ question: ObjectIdentifier) {
            guard let place = places.removeValue(forKey: question) else { return }
            waiting[place] = nil
        }
    }

    private let state = Locked(State())
    private let most: Int
    private let startThread: @Sendable (@escaping @Sendable () -> Void) throws(SystemError) -> Void

    init(
        most: Int,
        startThread:
            @escaping @Sendable (
                @escaping @Sendable () -> Void
            ) throws(SystemError) -> Void = QuestionPool.startSystemThread
    ) {
        self.most = max(1, most)
        self.startThread = startThread
    }

    @Sendable
    private static func startSystemThread(
        _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        _ = try SystemThread.start(name: "zmq-auth", body: body)
    }

    /// Has a question answered now, or when it is its turn.
    ///
    /// `refuse` is called instead if no thread can be started, and none is at work that could see
    /// to it later.
    func answer(
        _ question: Question,
        by work: Work,
        orRefuse refuse: @escaping @Sendable (SystemError) -> Void
    ) {
        let name = ObjectIdentifier(question)
        // Said before the question can be begun with, which says something else.
        question.whenWithdrawn { [weak self] in self?.leave(name) }
        let job = Job(question: question, work: work, refuse: refuse)
        let begins = state.withLock { state in
            guard state.running >= most else {
                state.running += 1
                return true
            }
            state.enqueue(job)
            return false
        }
        if begins { return begin(job) }
        // A withdrawal that came before it was in line did not find it there.
        if question.isWithdrawn { leave(name) }
    }

    private func leave(_ question: ObjectIdentifier) {
        state.withLock { $0.leave(question) }
    }

    /// Questions that wait in line, and those that are being answered.
    var load: (waiting: Int, running: Int) {
        state.withLock { ($0.waitingCount, $0.running) }
    }

    // MARK: Running

    /// Begins with a question, on the place that was taken for it; and with the next ones, as long
    /// as no thread can be started for those before.
    private func begin(_ job: Job) {
        var next: Job? = job
        while let job = next {
            switch job.work {
            case .suspending(let body):
                start(body, for: job)
                next = nil
            case .blocking:
                do throws(SystemError) {
                    try startThread { self.serve(job) }
                    next = nil
                } catch {
                    next = threadFailed(job, error)
                }
            }
        }
    }

    private func start(_ body: @escaping @Sendable () async -> Void, for job: Job) {
        let task = Task {
            if !job.question.isWithdrawn { await body() }
            if let next = self.finish() { self.begin(next) }
        }
        job.question.whenWithdrawn { task.cancel() }
    }

    /// On a thread of the pool: answers one question after the other, as long as there are any.
    private func serve(_ first: Job) {
        var next: Job? = first
        while let job = next {
            guard case .blocking(let body) = job.work else { return begin(job) }
            if !job.question.isWithdrawn { body() }
            next = finish()
        }
    }

    /// A question is over: the next one takes its place, or nobody.
    private func finish() -> Job? {
        state.withLock { state in
            let next = state.dequeue()
            if next == nil { state.running -= 1 }
            return next
        }
    }

    /// The system has no thread to spare. A thread at work takes the question later; if
    /// nobody is, it is refused, and the next one takes its place.
    private func threadFailed(_ job: Job, _ error: SystemError) -> Job? {
        let isLater = state.withLock { state in
            guard state.running > 1 else { return false }
            state.running -= 1
            state.enqueue(job)
            return true
        }
        guard !isLater else {
            if job.question.isWithdrawn { leave(ObjectIdentifier(job.question)) }
            return nil
        }
        job.refuse(error)
        return finish()
    }
}
