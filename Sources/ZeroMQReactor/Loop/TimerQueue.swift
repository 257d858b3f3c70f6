/// Identifies a scheduled timer.
package struct TimerID: Hashable, Sendable {
    let number: UInt64
}

/// Payloads in the order of their deadlines; equal deadlines keep the order of scheduling.
///
/// A binary heap of deadlines beside a table of payloads. Cancelling removes the payload from the
/// table and leaves the heap's entry, which takes constant time. Once more than half of the heap is
/// such garbage it is rebuilt, so the garbage is bounded by the number of live timers.
package struct TimerQueue<Payload> {
    private struct Entry {
        let deadline: Instant
        let number: UInt64

        func precedes(_ other: Entry) -> Bool {
            (deadline, number) < (other.deadline, other.number)
        }
    }

    private var heap: [Entry] = []
    private var payloads: [UInt64: Payload] = [:]
    private var nextNumber: UInt64 = 0

    /// Below this size the heap is not worth cleaning.
    private static var smallHeap: Int { 32 }

    /// Makes an empty queue.
    package init() {}

    /// The number of scheduled timers.
    package var count: Int { payloads.count }

    /// The number of entries in the heap, including cancelled timers.
    var entryCount: Int { heap.count }

    /// Schedules a payload.
    package mutating func schedule(_ payload: Payload, at deadline: Instant) -> TimerID {
        let number = nextNumber
        nextNumber += 1
        payloads[number] = payload
        heap.append(Entry(deadline: deadline, number: number))
        siftUp(from: heap.count - 1)
        return TimerID(number: number)
    }

    /// Cancels a timer and returns its payload; nil if it has fired or was cancelled before.
    @discardableResult
    package mutating func cancel(_ timer: TimerID) -> Payload? {
        guard let payload = payloads.removeValue(forKey: timer.number) else { return nil }
        if heap.count > Self.smallHeap, heap.count > 2 * payloads.count {
            rebuild()
        }
        return payload
    }

    /// The earliest deadline.
    package mutating func nextDeadline() -> Instant? {
        while let first = heap.first {
            if payloads[first.number] != nil { return first.deadline }
            removeFirst()
        }
        return nil
    }

    /// A point in the order of scheduling: `popExpired` can leave later timers for its next round.
    package var mark: TimerID { TimerID(number: nextNumber) }

    /// Removes and returns the earliest payload if it is due and was scheduled before the mark.
    package mutating func popExpired(at now: Instant, before mark: TimerID) -> Payload? {
        guard let deadline = nextDeadline(), deadline <= now, let first = heap.first,
            first.number < mark.number
        else { return nil }
        removeFirst()
        return payloads.removeValue(forKey: first.number)
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        siftDown(from: 0)
    }

    private mutating func rebuild() {
        heap.removeAll { payloads[$0.number] == nil }
        for index in (0..<heap.count / 2).reversed() {
            siftDown(from: index)
        }
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(from start: Int) {
        var parent = start
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].precedes(heap[smallest]) {
                smallest = child
            }
            guard smallest != parent else { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
