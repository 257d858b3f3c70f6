import Testing
import ZeroMQ

/// Runs a test in a context of its own, which is gone afterwards, with all its threads.
func inContext(_ body: (Context) async throws -> Void) async throws {
    let context = Context()
    do {
        try await body(context)
    } catch {
        await context.shutDown()
        throw error
    }
    await context.shutDown()
}

/// The code of the error that a call throws, or nil if it throws none.
func code(_ body: () async throws -> Void) async -> ZeroMQError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? ZeroMQError)?.code
    }
}

/// The error that a call throws, or nil if it throws none of ours.
func failure(_ body: () async throws -> Void) async -> ZeroMQError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? ZeroMQError
    }
}

/// A PUSH and a PULL that are connected over inproc.
struct Pipeline {
    let push: PushSocket
    let pull: PullSocket

    init(_ context: Context, mark: Limit = 1000, name: String = "pipeline") throws {
        push = PushSocket(context: context)
        pull = PullSocket(context: context)
        push.sendHighWaterMark = mark
        pull.receiveHighWaterMark = mark
        try pull.bind("inproc://\(name)")
        try push.connect("inproc://\(name)")
    }

    /// Sends until there is no more room; returns how many messages there was room for.
    func fill() throws -> Int {
        var count = 0
        while try push.trySend("filling") { count += 1 }
        return count
    }

    /// Takes everything that is queued.
    func drain() throws -> Int {
        var count = 0
        while try pull.tryReceive() != nil { count += 1 }
        return count
    }
}
