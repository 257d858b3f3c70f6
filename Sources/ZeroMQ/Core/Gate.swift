internal import Synchronization
internal import ZeroMQReactor

/// The lock of one direction of a socket, together with a mailbox for whoever holds it.
///
/// Application threads enter to send or receive. Everybody else leaves a letter and then tries to
/// enter; if somebody is inside, that one reads the letter before or right after leaving. So no
/// event loop ever waits for an application thread, and no letter waits for the next call.
///
/// A letter cannot be missed. The holder leaves by storing 0 in `word` and then looks at `mail`;
/// the poster pushes to `mail` and then tries `word`. Each side stores first and loads second,
/// which needs sequential consistency between the two on both sides. The poster pays for both
/// (`AsymmetricFence.heavy`, only when it found the gate held), so that leaving stays a plain
/// store. The same argument covers `contenders`, whom the holder wakes.
struct Gate: ~Copyable {
    /// 0 free, 1 held; anything else free for those who wait, see `letOthersIn`. Acquired by a
    /// compare-and-exchange; the releasing store hands over the guarded state.
    ///
    /// The first word of a cache line that holds nothing but this gate.
    private let word: Futex.Word
    private let shared: UnsafeMutablePointer<Shared>
    private let fence = AsymmetricFence.current

    private static let held: UInt32 = 1
    private static let firstPromise: UInt32 = 2

    private struct Shared: ~Copyable {
        /// Threads asleep on `word`, or about to be. Each takes itself off while it is inside, so
        /// whoever is inside knows that all he counts are still to come.
        let contenders = Atomic<UInt32>(0)
        /// What the word was last when the gate was promised. Written by who is inside.
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

    /// Enters, as one of the contenders.
    private func awaitTurn() {
        while !takeUp() { Futex.wait(on: word, expected: Self.held) }
        shared.pointee.contenders.wrappingSubtract(1, ordering: .relaxed)
    }

    /// Enters if the gate is free, or promised to the contenders.
    private func takeUp() -> Bool {
        let found = word.pointee.load(ordering: .relaxed)
        guard found != Self.held else { return false }
        return word.pointee.compareExchange(
            expected: found,
            desired: Self.held,
            ordering: .acquiring
        ).exchanged
    }

    /// Lets somebody in who waits for the gate, and enters again. Only for whoever is inside.
    ///
    /// Who leaves and comes back at once is inside again before a sleeper has woken up. So this
    /// does not free the gate but promises it: newcomers and posters find it taken, and contenders,
    /// of whom there is one at least, do not. This thread becomes the last of them, and sleeps
    /// until the promise is kept. Each promise has a word of its own: a thread that is late to
    /// fall asleep does not take somebody else's promise, which is up to it to take, for its own.
    ///
    /// Nobody sleeps for good: this thread is counted before the gate is given away, so whoever
    /// takes it, which acquires the count, wakes a contender on leaving. A letter posted while the
    /// gate is promised was pushed before the taker leaves, and is seen then, as always.
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

    /// Leaves. True if letters have come that nobody may have read: the caller should try to enter.
    @inline(__always)
    func leave() -> Bool {
        word.pointee.store(0, ordering: .releasing)
        lightFence()
        if shared.pointee.contenders.load(ordering: .relaxed) != 0 { wakeContender() }
        return shared.pointee.mail.load(ordering: .relaxed) != 0
    }

    @inline(never)
    private func wakeContender() { Futex.wake(word, count: 1) }

    /// The light half of the fence, here so that it is inlined: on the common machine it is
    /// nothing.
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

    /// Leaves a letter. True if the caller is now inside and must read the mail and leave.
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

    /// Takes all letters, oldest first. Only for whoever is inside.
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
