internal import Synchronization

/// The simplest ring that two threads can share: it has no limits to keep and nobody to wake.
final class Ring: @unchecked Sendable {
    // Sendable because a cell is written only before `written` says so, and only until `taken`
    // says that it was read.
    private static var capacity: Int { 4096 }
    private static var batch: Int { 64 }
    private static var wordsPerCell: Int { 8 }

    private let cells: UnsafeMutablePointer<UInt64>
    /// Stored by the writer, and loaded by the reader to see the cells below it.
    private let written = PaddedCounter()
    /// Stored by the reader, and loaded by the writer to see which cells are free.
    private let taken = PaddedCounter()

    init() {
        cells = .allocate(capacity: Ring.capacity * Ring.wordsPerCell)
        cells.initialize(repeating: 0, count: Ring.capacity * Ring.wordsPerCell)
    }

    deinit { cells.deallocate() }

    /// Writes a batch of cells and publishes it; waits for room by looking again and again.
    func put(batchFrom number: inout Int) {
        let position = written.value.load(ordering: .relaxed)
        while position + Ring.batch - taken.value.load(ordering: .acquiring) > Ring.capacity {}
        for index in position..<position + Ring.batch {
            let cell = cells + (index % Ring.capacity) * Ring.wordsPerCell
            for word in 0..<Ring.wordsPerCell { cell[word] = UInt64(number) }
            number += 1
        }
        written.value.store(position + Ring.batch, ordering: .releasing)
    }

    /// Publishes a batch that says that no more follows.
    func end() {
        var number = 0
        let position = written.value.load(ordering: .relaxed)
        put(batchFrom: &number)
        lastPosition.store(position, ordering: .releasing)
    }

    /// Where the last batch begins; -1 while there is none.
    private let lastPosition = Atomic<Int>(-1)

    /// Reads every word of every cell until the end; how many cells there were.
    func drain() -> Int {
        var position = 0
        var sum: UInt64 = 0
        while true {
            let end = written.value.load(ordering: .acquiring)
            guard end > position else {
                if lastPosition.load(ordering: .acquiring) >= 0 { break }
                continue
            }
            while position < end {
                let cell = cells + (position % Ring.capacity) * Ring.wordsPerCell
                for word in 0..<Ring.wordsPerCell { sum &+= cell[word] }
                position += 1
            }
            taken.value.store(position, ordering: .releasing)
        }
        total.wrappingAdd(sum, ordering: .relaxed)
        return position
    }

    /// Makes what was read count for something; nothing is published through it.
    private let total = Atomic<UInt64>(0)
}

/// A counter with two cache lines to itself, so that its neighbours do not slow it down.
private final class PaddedCounter: Sendable {
    private let before: InlineArray<16, Int> = .init(repeating: 0)
    let value = Atomic<Int>(0)
    private let after: InlineArray<16, Int> = .init(repeating: 0)
}
