internal import CZeroMQKernel
internal import Synchronization

/// A pair of fences that order a store before a later load: cheap on one side, expensive on the
/// other.
///
/// The busy side publishes, calls `light()`, and looks for a sleeper. The side that is about to
/// sleep announces that, calls `heavy()`, and looks for work. One of the two is certain to see the
/// other. With the kernel's help `heavy()` makes every running thread of the process execute a full
/// barrier, so `light()` only has to stop the compiler from reordering. Without it both are full
/// fences.
///
/// Hot code keeps a copy of `current` in a stored property: the static is initialised lazily, which
/// costs a check for each use.
package struct AsymmetricFence: Sendable {
    /// Whether the light side needs no barrier instruction.
    package let isAsymmetric: Bool

    private init(isAsymmetric: Bool) {
        self.isAsymmetric = isAsymmetric
    }

    /// The fence for this process; registers with the kernel on first use.
    package static let current = AsymmetricFence(isAsymmetric: registerExpedited())

    /// A fence that never relies on the kernel.
    package static let symmetric = AsymmetricFence(isAsymmetric: false)

    /// The busy side: between publishing and looking for a sleeper. Pairs with `heavy()`.
    @inlinable
    package func light() {
        if isAsymmetric {
            // No barrier instruction on x86-64: it only keeps the compiler from reordering.
            atomicMemoryFence(ordering: .acquiringAndReleasing)
        } else {
            atomicMemoryFence(ordering: .sequentiallyConsistent)
        }
    }

    /// The sleeping side: between announcing its sleep and looking for work. Pairs with `light()`.
    package func heavy() {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        guard isAsymmetric, !AsymmetricFence.passEverywhere() else { return }
        AsymmetricFence.outlastStores()
    }

    /// Makes every running thread of the process execute a barrier. Returns false if the kernel
    /// refuses.
    ///
    /// It may lack memory at the moment, a filter may have been installed since the process
    /// registered, or a child made by `fork` may have lost its parent's registration.
    private static func passEverywhere() -> Bool {
        command(MEMBARRIER_CMD_PRIVATE_EXPEDITED) || registerExpedited()
            || command(MEMBARRIER_CMD_GLOBAL)
    }

    /// The fallback if the kernel refuses: waits until all earlier stores are visible.
    ///
    /// The light side stores, then loads. If its load came too early to see the sleeper, its store
    /// came before that, and is at most waiting in its processor's store buffer. The buffer drains
    /// by itself within about a microsecond, and at once when the thread is taken off its
    /// processor. Other threads cannot be told to use a real fence instead, because telling them
    /// needs this very fence.
    private static func outlastStores() {
        let clock = SystemClock()
        let end = clock.now + longestInBuffer
        while clock.now < end { SystemThread.sleep(for: longestInBuffer) }
        atomicMemoryFence(ordering: .sequentiallyConsistent)
    }

    /// A hundred times as long as a store takes to leave the store buffer.
    private static var longestInBuffer: Duration { .microseconds(200) }

    private static func registerExpedited() -> Bool {
        // The command itself is also tried: a filter may permit one and refuse the other.
        command(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)
            && command(MEMBARRIER_CMD_PRIVATE_EXPEDITED)
    }

    private static func command(_ command: membarrier_cmd) -> Bool {
        KernelCall.invoke(SYS_membarrier, Int(command.rawValue)) == 0
    }
}
