internal import Synchronization
internal import ZeroMQReactor

/// The lock of one direction of a socket, together with a mailbox for its holder.
///
/// Application threads lock the gate to send or receive. All other threads post a letter and then
/// try to lock. If the gate is taken, its holder reads the letter before or right after unlocking.
/// So an event loop never waits for an application thread, and a letter never waits for the next
/// call.
///
/// A letter cannot be missed. The holder leaves by storing 0 in `word` and then looks at `mail`;
/// the poster pushes to `mail` and then tries `word`. Each side stores first and loads second,
/// which needs sequential consistency between the two on both sides. The poster pays for both
/// (`AsymmetricFence.heavy`, only when it found the gate held), so that leaving stays a plain
/// store. The same argument covers `contenders`, whom the holder wakes.
struct Gate: ~Copyable {
    /// 0 is free, 1 is held; any other value is a promise, free for contenders only: see
    /// `letOthersIn`. Acquired by a compare-and-exchange; the releasing store hands over the
    /// guarded state.
    ///
    /// The first word of a cache line that holds nothing but this gate.
    private let word: Futex.Word
    private let shared: UnsafeMutablePointer<Shared>
    private let fence = AsymmetricFence.current

    private static let held: UInt32 = 1
    private static let firstPromise: UInt32 = 2

    private struct Shared: ~Copyable {
        /// Threads asleep on `word`, or about to be. A contender takes itself off the count once it
        /// holds the gate, so all that the holder counts are still waiting.
        let contenders = Atomic<UInt32>(0)
        /// The last promise that was stored in `word`. Written by the holder.
        let lastPromise = Atomic<UInt32>(firstPromise)
        /// The newest letter. A releasing push is read by the acquiring exchange in `takeMail`.
        let mail = Atomic<UInt>(0)
    }

    init() {
        let line = CacheLine.allocate()
        word = line.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
        word.initialize(to: Atomic(0))
        shared = (line + MemoryLayout<UInt64>.size).bindMemory(to: Shared.self, capacity: 1)
        shared.initialize(to: Shared())
    }

    deinit {
        _ = takeMail()
        shared.deinitialize(count: 1)
        word.deinitialize(count: 1)
        word.deallocate()
    }

    // MARK: Entering and leaving

    @inline(__always)
    func enter() {
        if tryEnter() { return }
        enterContended()
    }

    @inline(__always)
    func tryEnter() -> Bool {
        word.pointee.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged
    }

    @inline(never)
    private func enterContended() {
        for _ in 0..<64 where word.pointee.load(ordering: .relaxed) == 0 {
            if tryEnter() { return }
        }
        shared.pointee.contenders.wrappingAdd(1, ordering: .sequentiallyConsistent)
        fence.heavy()
        awaitTurn()
    }

    /// Locks the gate as one of the contenders.
    private func awaitTurn() {
        while !takeUp() { Futex.wait(on: word, expected: Self.held) }
        shared.pointee.contenders.wrappingSubtract(1, ordering: .relaxed)
    }

    /// Locks the gate if it is free or promised to the contenders.
    private func takeUp() -> Bool {
        let found = word.pointee.load(ordering: .relaxed)
        guard found != Self.held else { return false }
        return word.pointee.compareExchange(
            expected: found,
            desired: Self.held,
            ordering: .acquiring
        ).exchanged
    }

    /// Lets a waiting thread in, and locks the gate again. Only for the holder.
    ///
    /// A thread that unlocks and locks again at once gets the gate back before a sleeper has woken
    /// up. So this method does not free the gate but promises it: newcomers and posters find it
    /// taken, while contenders, of which there is at least one, may take it. This thread becomes
    /// the last contender and sleeps until one of them has taken the gate. Each promise is a new
    /// value of `word`: a thread that falls asleep late would otherwise mistake a later promise,
    /// which it has to take, for its own.
    ///
    /// No thread sleeps forever. This thread is counted before it gives the gate away; the taker
    /// acquires the count with the gate and wakes a contender when it unlocks. A letter posted
    /// while the gate is promised is pushed before the taker unlocks, and the taker sees it then,
    /// as always.
    @inline(never)
    func letOthersIn() {
        guard shared.pointee.contenders.load(ordering: .relaxed) != 0 else { return }
        let last = shared.pointee.lastPromise.load(ordering: .relaxed)
        let promise = max(last &+ 1, Self.firstPromise)
        shared.pointee.lastPromise.store(promise, ordering: .relaxed)
        shared.pointee.contenders.wrappingAdd(1, ordering: .relaxed)
        word.pointee.store(promise, ordering: .releasing)
        Futex.wake(word, count: 1)
        Futex.wait(on: word, expected: promise)
        awaitTurn()
    }

    /// Unlocks. Returns true if there may be unread letters: the caller should then try to lock
    /// again.
    @inline(__always)
    func leave() -> Bool {
        word.pointee.store(0, ordering: .releasing)
        lightFence()
        if shared.pointee.contenders.load(ordering: .relaxed) != 0 { wakeContender() }
        return shared.pointee.mail.load(ordering: .relaxed) != 0
    }

    @inline(never)
    private func wakeContender() { Futex.wake(word, count: 1) }

    /// The light half of the fence, written out here to be inlined. On common machines it costs no
    /// instruction.
    @inline(__always)
    private func lightFence() {
        if fence.isAsymmetric {
            atomicMemoryFence(ordering: .acquiringAndReleasing)
        } else {
            atomicMemoryFence(ordering: .sequentiallyConsistent)
        }
    }

    // MARK: Mail

    @inline(__always)
    var hasMail: Bool { shared.pointee.mail.load(ordering: .relaxed) != 0 }

    /// Posts a letter. Returns true if the caller now holds the gate and must read the mail and
    /// unlock.
    func post(_ letter: Letter) -> Bool {
        let node = Unmanaged.passRetained(letter)
        let new = UInt(bitPattern: node.toOpaque())
        var old = shared.pointee.mail.load(ordering: .relaxed)
        while true {
            letter.next = UnsafeRawPointer(bitPattern: old).map(Unmanaged.fromOpaque)
            let outcome = shared.pointee.mail.weakCompareExchange(
                expected: old,
                desired: new,
                ordering: .acquiringAndReleasing
            )
            if outcome.exchanged { break }
            old = outcome.original
        }
        if tryEnter() { return true }
        fence.heavy()
        return tryEnter()
    }

    /// Takes all letters, oldest first. Only for the holder.
    func takeMail() -> [Letter] {
        let head = shared.pointee.mail.exchange(0, ordering: .acquiring)
        var letters: [Letter] = []
        var node = UnsafeRawPointer(bitPattern: head).map(Unmanaged<Letter>.fromOpaque)
        while let current = node {
            let letter = current.takeRetainedValue()
            node = letter.next
            letter.next = nil
            letters.append(letter)
        }
        letters.reverse()
        return letters
    }
}
