internal import Glibc
internal import Synchronization

/// Whether the user wants the run to end early.
enum Interruption {
    /// Stored by the handler, loaded by the run; no data depends on it.
    private static let isRequestedFlag = Atomic(false)

    static var isRequested: Bool { isRequestedFlag.load(ordering: .relaxed) }

    /// Takes the first interruption for a wish to end after what is being measured, with everything
    /// that is known by then; the second ends the process at once.
    static func watch() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                Interruption.isRequestedFlag.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
    }
}
