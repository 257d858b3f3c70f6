/// A descriptor's registration with a loop. Once deregistered it is stale, and recognised as such.
package struct Registration: Sendable, Hashable {
    /// The slot in the low half, the slot's generation in the high half.
    package let token: UInt64
}

/// The handler for each token.
///
/// The kernel may report a descriptor in the same batch of events in which its handler was removed
/// and its slot reused. A slot's generation changes with each use, so such an event finds no
/// handler.
struct RegistrationTable {
    private struct Slot {
        var generation: UInt32
        var descriptor: Int32
        var handler: (any EventHandler)?
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    /// How many registrations there are.
    var count: Int { slots.count - free.count }

    /// Gives a handler a slot.
    mutating func insert(descriptor: Int32, handler: any EventHandler) -> Registration {
        if let index = free.popLast() {
            let generation = slots[Int(index)].generation
            slots[Int(index)].descriptor = descriptor
            slots[Int(index)].handler = handler
            return Registration(token: UInt64(generation) << 32 | UInt64(index))
        }
        // The last slot is never used: with the last generation it would be the selector's token.
        precondition(slots.count < Int(UInt32.max), "More registrations than descriptors exist.")
        slots.append(Slot(generation: 0, descriptor: descriptor, handler: handler))
        return Registration(token: UInt64(slots.count - 1))
    }

    /// Removes a handler. Returns its descriptor, or nil if it was removed before.
    mutating func remove(_ registration: Registration) -> Int32? {
        guard let index = index(of: registration.token) else { return nil }
        slots[index].handler = nil
        slots[index].generation &+= 1
        free.append(UInt32(index))
        return slots[index].descriptor
    }

    /// The handler for a token, or nil if the token is stale.
    func handler(for token: UInt64) -> (any EventHandler)? {
        guard let index = index(of: token) else { return nil }
        return slots[index].handler
    }

    private func index(of token: UInt64) -> Int? {
        let index = Int(UInt32(truncatingIfNeeded: token))
        guard index < slots.count, slots[index].handler != nil,
            slots[index].generation == UInt32(truncatingIfNeeded: token >> 32)
        else { return nil }
        return index
    }
}
