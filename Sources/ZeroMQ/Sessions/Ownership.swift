internal import Synchronization

/// The word that says who may use one half of a connection: nobody, or one holder. The writing half
/// and the reading half have a word each.
///
/// An application thread that finds the word free may write to the descriptor, or read from it,
/// itself. The event loop takes the word for all its work. Nobody waits for it: a thread that finds
/// it taken leaves a note, and the holder calls the loop on release.
///
///     idle ──take──▶ held ──note──▶ held, wanted
///       ▲─────release────┘               │
///       └──────────release: true─────────┘ the holder calls the loop
struct Ownership: ~Copyable {
    private static let idle: UInt32 = 0
    private static let held: UInt32 = 1
    private static let wanted: UInt32 = 2

    /// Taken with acquire, released with release: each holder sees everything the last one did.
    private let word = Atomic<UInt32>(idle)

    /// Takes the word, or leaves a note for its holder. Returns true if taken.
    func takeOrLeaveNote() -> Bool {
        while true {
            let taking = word.compareExchange(
                expected: Self.idle,
                desired: Self.held,
                ordering: .acquiring
            )
            if taking.exchanged { return true }
            let outcome = word.compareExchange(
                expected: Self.held,
                desired: Self.wanted,
                ordering: .relaxed
            )
            if outcome.exchanged || outcome.original == Self.wanted { return false }
        }
    }

    /// Takes the word if it is free.
    func take() -> Bool {
        word.compareExchange(
            expected: Self.idle,
            desired: Self.held,
            ordering: .acquiring
        ).exchanged
    }

    /// Releases the word. Returns true if another thread left a note meanwhile.
    func release() -> Bool {
        word.exchange(Self.idle, ordering: .acquiringAndReleasing) == Self.wanted
    }
}
