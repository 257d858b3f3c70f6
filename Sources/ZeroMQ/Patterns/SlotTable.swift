/// An open hash table of small numbers. It stores where items are; the caller stores the items.
///
/// Linear probing keeps a look-up in neighbouring memory. A removal moves following entries up, so
/// it leaves no tombstone.
struct SlotTable: ~Copyable {
    /// The hash in the high half, the number plus one in the low half; 0 is an empty slot. At most
    /// three quarters are in use.
    private var slots: [UInt64] = []
    private(set) var count = 0

    @inline(__always)
    private static func home(_ slot: UInt64, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: slot >> 32) & mask
    }

    @inline(__always)
    private static func item(_ slot: UInt64) -> Int { Int(slot & 0xffff_ffff) - 1 }

    /// The item with this hash that `isWanted` confirms.
    @inline(__always)
    func find(hash: UInt32, where isWanted: (Int) -> Bool) -> Int? {
        guard count > 0 else { return nil }
        let mask = slots.count - 1
        var index = Int(hash) & mask
        while slots[index] != 0 {
            let slot = slots[index]
            if slot >> 32 == UInt64(hash), isWanted(Self.item(slot)) { return Self.item(slot) }
            index = (index + 1) & mask
        }
        return nil
    }

    /// Adds an item that is not in the table.
    mutating func insert(_ item: Int, hash: UInt32) {
        if (count + 1) * 4 > slots.count * 3 { grow() }
        count += 1
        place(UInt64(hash) << 32 | UInt64(item + 1))
    }

    private mutating func place(_ slot: UInt64) {
        let mask = slots.count - 1
        var index = Self.home(slot, mask)
        while slots[index] != 0 { index = (index + 1) & mask }
        slots[index] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: max(16, old.count * 2))
        for slot in old where slot != 0 { place(slot) }
    }

    /// Removes an item that is in the table.
    mutating func remove(_ item: Int, hash: UInt32) {
        let mask = slots.count - 1
        let wanted = UInt64(hash) << 32 | UInt64(item + 1)
        var hole = Int(hash) & mask
        while slots[hole] != wanted { hole = (hole + 1) & mask }
        count -= 1
        var index = hole
        while true {
            index = (index + 1) & mask
            guard slots[index] != 0 else { break }
            // An entry moves into the hole if its preferred slot is at or before the hole.
            let distance = (index - Self.home(slots[index], mask)) & mask
            guard distance >= (index - hole) & mask else { continue }
            slots[hole] = slots[index]
            hole = index
        }
        slots[hole] = 0
    }
}
