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
        guard isAsymmetric else { return }
        if AsymmetricFence.command(MEMBARRIER_CMD_PRIVATE_EXPEDITED) { return }
        // A child made by `fork` may have lost its parent's registration.
        let repaired =
            AsymmetricFence.registerExpedited()
            && AsymmetricFence.command(MEMBARRIER_CMD_PRIVATE_EXPEDITED)
        precondition(repaired, "The kernel withdrew the barrier this process registered for.")
    }

    private static func registerExpedited() -> Bool {
        // The command is also tried: a filter may admit one and refuse the other.
        command(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)
            && command(MEMBARRIER_CMD_PRIVATE_EXPEDITED)
    }

    private static func command(_ command: membarrier_cmd) -> Bool {
        KernelCall.invoke(SYS_membarrier, Int(command.rawValue)) == 0
    }
}
