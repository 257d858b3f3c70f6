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
    /// 0 free, 1 held. Acquired by exchange; the releasing store hands over the guarded state.
    ///
    /// The first word of a cache line that holds nothing but this gate.
    private let word: Futex.Word
    private let shared: UnsafeMutablePointer<Shared>
    private let fence = AsymmetricFence.current

    private struct Shared: ~Copyable {
        /// Threads asleep on `word`, or about to be.
        let contenders = Atomic<UInt32>(0)
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
        while !tryEnter() { Futex.wait(on: word, expected: 1) }
        shared.pointee.contenders.wrappingSubtract(1, ordering: .relaxed)
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
