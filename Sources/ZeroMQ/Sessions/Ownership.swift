internal import Synchronization

/// The word that says who may touch one half of a connection: nobody, or one holder. The writing
/// half and the reading half have a word each.
///
/// An application thread that finds it free may write to the descriptor, or read from it, itself;
/// the event loop takes it for everything else. Nobody waits for it: whoever finds it taken leaves
/// a note, and the holder calls the loop on release.
///
///     idle ──take──▶ held ──note──▶ held, wanted
///       ▲─────release────┘               │
///       └──────────release: true─────────┘ the holder calls the loop
struct Ownership: ~Copyable {
    private static let idle: UInt32 = 0
    private static let held: UInt32 = 1
    private static let wanted: UInt32 = 2

    /// Taken with acquire, released with release: the next holder sees what the last one did.
    private let word = Atomic<UInt32>(idle)

    /// Takes the word, or leaves a note for whoever holds it. True if taken.
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

    /// Gives the word back. True if somebody left a note meanwhile.
    func release() -> Bool {
        word.exchange(Self.idle, ordering: .acquiringAndReleasing) == Self.wanted
    }
}
