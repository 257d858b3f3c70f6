internal import Synchronization

/// One direction of a pipe: bytes in the form of the wire, from one producer to one consumer.
///
///     producer ──begin, append, publish──▶ chunks ──takeMessage, or gather + advance──▶ consumer
///              ◀────────────── acknowledged messages, spare chunk ──────────────
///
/// The object owns the memory. Each end is used by one thread at a time: a socket's under the gate
/// of its direction, a session's on its loop or under the connection's ownership word.
final class WireStream: @unchecked Sendable {
    // Sendable because each end belongs to one thread at a time, the ends meet in `shared` only,
    // and both references are set before the second thread learns of the object.

    let writer: StreamWriter.Pointer
    let reader: StreamReader.Pointer
    private let shared: StreamShared.Pointer

    /// The two ends as wake-ups see them. Set once, before the stream is shared.
    ///
    /// Weak, because both ends hold the stream: a wake-up for an end that has gone is not needed.
    weak var producer: (any StreamProducer)?
    weak var consumer: (any StreamConsumer)?

    /// Both ends are in the hands of threads that send and receive all the time, and not of a loop
    /// that comes when it is called: see `PauseBudget`.
    let joinsThreads: Bool

    init(highWaterMark: Int, readerRetains: Bool, joinsThreads: Bool = false) {
        self.joinsThreads = joinsThreads
        let mark = WireStream.effectiveMark(highWaterMark)
        // One piece of memory: the producer's lines, those where both meet, the consumer's. In
        // pairs, because the processor fetches them so: what one end reads must not take along
        // what the other end is writing.
        let meeting = CacheLine.bytesOfPairs(for: StreamWriter.self)
        let reading = meeting + CacheLine.bytesOfPairs(for: StreamShared.self)
        let bytes = reading + MemoryLayout<StreamReader>.size
        let memory = CacheLine.allocatePairs(bytes: bytes)
        writer = memory.bindMemory(to: StreamWriter.self, capacity: 1)
        shared = (memory + meeting).bindMemory(to: StreamShared.self, capacity: 1)
        reader = (memory + reading).bindMemory(to: StreamReader.self, capacity: 1)
        shared.initialize(to: StreamShared())
        writer.initialize(to: StreamWriter(shared: shared, highWaterMark: mark))
        reader.initialize(
            to: StreamReader(shared: shared, highWaterMark: mark, retains: readerRetains)
        )
    }

    deinit {
        writer.pointee.abandon()
        reader.pointee.discardAll()
        reader.deinitialize(count: 1)
        shared.deinitialize(count: 1)
        writer.deinitialize(count: 1)
        UnsafeMutableRawPointer(writer).deallocate()
    }

    /// Zero stands for unlimited, which is the most that a stream can count.
    static func effectiveMark(_ mark: Int) -> Int {
        mark <= 0 ? PublishedWord.mostMessages : min(mark, PublishedWord.mostMessages)
    }

    /// Messages published and not yet acknowledged. For any thread; exact once both ends rest.
    var unacknowledged: Int {
        // Acknowledged first: it never overtakes what was published.
        let taken = shared.pointee.acknowledged.load(ordering: .acquiring) >> 1
        let published = shared.pointee.published.load(ordering: .acquiring)
        return Int(truncatingIfNeeded: (published &- taken) & PublishedWord.messageMask)
    }

    /// Wakes the consumer, which sleeps. Called by the producer when `publish` says so.
    func wakeConsumer() { consumer?.streamBecameReadable() }

    /// Lets the consumer use the producer's thread, which has nothing better to do.
    func lendThread() { consumer?.streamOffersThread() }

    /// Wakes the producer if the consumer found it waiting.
    @inline(__always)
    func wakeProducerIfNeeded() {
        if reader.pointee.producerNeedsWaking { wakeProducer() }
    }

    /// The consumer has run dry: has the producer publish what it kept back, or can get at once.
    func callForMore() { producer?.streamRanDry() }

    @inline(never)
    private func wakeProducer() {
        reader.pointee.producerNeedsWaking = false
        producer?.streamGainedRoom()
    }
}

/// Who is to be told when a stream changes while they sleep. Called from the other side's thread.
protocol StreamConsumer: AnyObject, Sendable {
    func streamBecameReadable()
    /// The producer is about to wait for room, or has published much at once: its thread may work
    /// for the consumer now. Doing nothing is an answer.
    func streamOffersThread()
}

protocol StreamProducer: AnyObject, Sendable {
    func streamGainedRoom()
    /// The consumer has read everything, while messages were kept back or after so many that more
    /// are likely to be near: they can be had now, on the consumer's thread.
    func streamRanDry()
}
