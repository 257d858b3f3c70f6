internal import Synchronization

/// One direction of a pipe: bytes in wire format, from one producer to one consumer.
///
///     producer ──begin, append, publish──▶ chunks ──takeMessage, or gather + advance──▶ consumer
///              ◀────────────── acknowledged messages, spare chunk ──────────────
///
/// The object owns the memory. Each end is used by one thread at a time: a socket's end under the
/// gate of its direction, a session's end under the ownership word of the connection's half.
final class WireStream: @unchecked Sendable {
    // Sendable because each end belongs to one thread at a time, the ends meet in `shared` only,
    // and both references are set before a second thread sees the object.

    let writer: StreamWriter.Pointer
    let reader: StreamReader.Pointer
    private let shared: StreamShared.Pointer

    /// The objects that are woken at the two ends. Set once, before the stream is shared.
    ///
    /// Weak, because both ends retain the stream: an end that has gone needs no wake-up.
    weak var producer: (any StreamProducer)?
    weak var consumer: (any StreamConsumer)?

    /// Both ends are used by threads that send and receive all the time, and not by a loop that
    /// comes only when it is called: see `PauseBudget`.
    let joinsThreads: Bool

    init(highWaterMark: Int, readerRetains: Bool, joinsThreads: Bool = false) {
        self.joinsThreads = joinsThreads
        let mark = WireStream.effectiveMark(highWaterMark)
        // One piece of memory: the producer's lines, the shared ones, the consumer's. They are
        // padded to pairs of lines, because the processor fetches pairs: when one end reads a line,
        // it must not fetch a line that the other end is writing.
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

    /// Zero means unlimited, which is the most that a stream can count.
    static func effectiveMark(_ mark: Int) -> Int {
        mark <= 0 ? PublishedWord.mostMessages : min(mark, PublishedWord.mostMessages)
    }

    /// Messages published and not yet acknowledged. For any thread; exact while both ends are idle.
    var unacknowledged: Int {
        // Loaded first: the acknowledged count never overtakes the published one.
        let taken = shared.pointee.acknowledged.load(ordering: .acquiring) >> 1
        let published = shared.pointee.published.load(ordering: .acquiring)
        return Int(truncatingIfNeeded: (published &- taken) & PublishedWord.messageMask)
    }

    /// Wakes the sleeping consumer. Called by the producer when `publish` returns true.
    func wakeConsumer() { consumer?.streamBecameReadable() }

    /// Lets the consumer work on the producer's thread, which would otherwise wait.
    func lendThread() { consumer?.streamOffersThread() }

    /// Wakes the producer if the consumer found it waiting.
    @inline(__always)
    func wakeProducerIfNeeded() {
        if reader.pointee.producerNeedsWaking { wakeProducer() }
    }

    /// The consumer has emptied the stream: asks the producer to publish what it held back, or can
    /// get.
    func callForMore() { producer?.streamRanDry() }

    @inline(never)
    private func wakeProducer() {
        reader.pointee.producerNeedsWaking = false
        producer?.streamGainedRoom()
    }
}

/// The consumer that is woken when its stream changes. Called on the producer's thread.
protocol StreamConsumer: AnyObject, Sendable {
    func streamBecameReadable()
    /// The producer is about to wait for room, or has published much at once: its thread may work
    /// for the consumer now. Doing nothing is allowed.
    func streamOffersThread()
}

protocol StreamProducer: AnyObject, Sendable {
    func streamGainedRoom()
    /// The consumer has read everything, and either messages were held back, or so many came that
    /// more are likely: the producer may get them now, on the consumer's thread.
    func streamRanDry()
}
