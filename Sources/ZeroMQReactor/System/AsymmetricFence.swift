internal import CZeroMQKernel
internal import Synchronization

/// A pair of fences that order a store before a later load, cheap on one side, dear on the other.
///
/// The busy side publishes, calls `light()`, and looks for a sleeper. The side about to sleep says
/// so, calls `heavy()`, and looks for work. One of the two is certain to see the other. With the
/// kernel's help `heavy()` makes every running thread of the process pass a full barrier, so that
/// `light()` need only hold the compiler back. Without it both are full fences.
///
/// Hot code keeps a copy of `current` in a stored property: the static is initialised lazily and
/// costs a check per use.
package struct AsymmetricFence: Sendable {
    /// Whether the light side is free of a machine barrier.
    package let isAsymmetric: Bool

    private init(isAsymmetric: Bool) {
        self.isAsymmetric = isAsymmetric
    }

    /// The fence for this process; registers with the kernel when first used.
    package static let current = AsymmetricFence(isAsymmetric: registerExpedited())

    /// A fence that never relies on the kernel.
    package static let symmetric = AsymmetricFence(isAsymmetric: false)

    /// The busy side: between publishing and looking for a sleeper. Pairs with `heavy()`.
    @inlinable
    package func light() {
        if isAsymmetric {
            // No barrier instruction on x86-64, where it only keeps the compiler from reordering.
            atomicMemoryFence(ordering: .acquiringAndReleasing)
        } else {
            atomicMemoryFence(ordering: .sequentiallyConsistent)
        }
    }

    /// The sleeping side: between saying so and looking for work. Pairs with `light()`.
    package func heavy() {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        guard isAsymmetric, !AsymmetricFence.passEverywhere() else { return }
        AsymmetricFence.outlastStores()
    }

    /// Has every running thread of the process pass a barrier; false if the kernel will not.
    ///
    /// It may have no memory for it at the moment, a filter may have been set up since the process
    /// registered, and a child made by `fork` may have lost its parent's registration.
    private static func passEverywhere() -> Bool {
        command(MEMBARRIER_CMD_PRIVATE_EXPEDITED) || registerExpedited()
            || command(MEMBARRIER_CMD_GLOBAL)
    }

    /// What remains when the kernel refuses: waits until all that was stored before is seen.
    ///
    /// The light side stores, then loads. If its load came too early to see the sleeper, its store
    /// was made before, and is at most waiting in the store buffer of its processor. That buffer
    /// empties by itself within a microsecond or so, and at once when the thread is taken off its
    /// processor. Nobody can be told to use a real fence instead: telling needs this very fence.
    private static func outlastStores() {
        let clock = SystemClock()
        let end = clock.now + longestInBuffer
        while clock.now < end { SystemThread.sleep(for: longestInBuffer) }
        atomicMemoryFence(ordering: .sequentiallyConsistent)
    }

    /// A hundred times as long as a store takes to leave its processor.
    private static var longestInBuffer: Duration { .microseconds(200) }

    private static func registerExpedited() -> Bool {
        // The command is also tried: a filter may admit one and refuse the other.
        command(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)
            && command(MEMBARRIER_CMD_PRIVATE_EXPEDITED)
    }

    private static func command(_ command: membarrier_cmd) -> Bool {
        KernelCall.invoke(SYS_membarrier, Int(command.rawValue)) == 0
    }
}
