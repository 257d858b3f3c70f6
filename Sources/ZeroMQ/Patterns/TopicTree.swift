/// Topics as paths from one root. Nodes that would only pass one byte on are merged (a radix tree).
///
/// A walk along a message meets all topics that are a prefix of it. Children are found by hash,
/// whatever their number; labels are runs in an arena. Nothing here is recursive, so topics of any
/// length are safe.
struct TopicTree: ~Copyable {
    private struct Node {
        /// The label: the bytes between the parent and this node.
        var offset: Int
        var count: Int
        var parent: UInt32
        /// The number of the topic that ends here, or 0.
        var topic: UInt32
        var children: UInt32 = 0
        /// The exclusive or of all children's numbers: with a single child, that child's number.
        var combined: UInt32 = 0
        /// The first byte of the label, by which the parent finds this node.
        var first: UInt8
    }

    private static let root = 0

    private let seed: UInt64
    private var nodes = [Node(offset: 0, count: 0, parent: 0, topic: 0, first: 0)]
    private var free: [UInt32] = []
    private var table = SlotTable()
    private var arena = ByteArena()

    init(seed: UInt64) { self.seed = seed }

    // MARK: Looking up

    @inline(__always)
    private func hash(_ parent: UInt32, _ first: UInt8) -> UInt32 {
        NumberHasher.hash(UInt64(parent) << 8 | UInt64(first), seed: seed)
    }

    private func hash(_ node: Node) -> UInt32 { hash(node.parent, node.first) }

    @inline(__always)
    private func child(of parent: Int, _ first: UInt8) -> Int? {
        let parent = UInt32(parent)
        return table.find(hash: hash(parent, first)) {
            nodes[$0].parent == parent && nodes[$0].first == first
        }
    }

    /// Calls `body` with each topic that is a prefix of `bytes`, until it returns false.
    func forEachPrefix(of bytes: UnsafeRawBufferPointer, _ body: (UInt32) -> Bool) {
        var (node, rest) = (Self.root, bytes)
        while let first = rest.first, let next = child(of: node, first) {
            let (offset, count) = (nodes[next].offset, nodes[next].count)
            guard arena.commonPrefix(offset, count, with: rest) == count else { return }
            if nodes[next].topic != 0, !body(nodes[next].topic) { return }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            node = next
        }
    }

    // MARK: Adding

    /// Adds a topic that is not in the tree.
    mutating func insert(_ bytes: UnsafeRawBufferPointer, _ topic: UInt32) {
        var (node, rest) = (Self.root, bytes)
        while let first = rest.first {
            guard let next = child(of: node, first) else {
                let offset = arena.append(rest)
                let leaf = Node(
                    offset: offset,
                    count: rest.count,
                    parent: UInt32(node),
                    topic: topic,
                    first: first
                )
                link(take(leaf))
                return
            }
            let common = arena.commonPrefix(nodes[next].offset, nodes[next].count, with: rest)
            node = common < nodes[next].count ? split(next, at: common) : next
            rest = UnsafeRawBufferPointer(rebasing: rest[common...])
        }
        nodes[node].topic = topic
    }

    /// Splits another node's label by a new node, and returns that.
    private mutating func split(_ node: Int, at count: Int) -> Int {
        unlink(node)
        var upper = nodes[node]
        (upper.count, upper.topic, upper.children, upper.combined) = (count, 0, 0, 0)
        let middle = take(upper)
        link(middle)
        nodes[node].offset += count
        nodes[node].count -= count
        nodes[node].first = arena[nodes[node].offset]
        nodes[node].parent = UInt32(middle)
        link(node)
        return middle
    }

    private mutating func take(_ node: Node) -> Int {
        guard let number = free.popLast() else {
            nodes.append(node)
            return nodes.count - 1
        }
        nodes[Int(number)] = node
        return Int(number)
    }

    private mutating func link(_ number: Int) {
        table.insert(number, hash: hash(nodes[number]))
        let parent = Int(nodes[number].parent)
        nodes[parent].children += 1
        nodes[parent].combined ^= UInt32(number)
    }

    private mutating func unlink(_ number: Int) {
        table.remove(number, hash: hash(nodes[number]))
        let parent = Int(nodes[number].parent)
        nodes[parent].children -= 1
        nodes[parent].combined ^= UInt32(number)
    }

    // MARK: Removing

    /// Removes a topic that is in the tree.
    mutating func remove(_ bytes: UnsafeRawBufferPointer) {
        var (node, rest) = (Self.root, bytes)
        while let first = rest.first, let next = child(of: node, first) {
            rest = UnsafeRawBufferPointer(rebasing: rest[nodes[next].count...])
            node = next
        }
        nodes[node].topic = 0
        if nodes[node].children == 0 {
            let parent = Int(nodes[node].parent)
            unlink(node)
            arena.discard(nodes[node].count)
            release(node)
            node = parent
        }
        let isPassedThrough = nodes[node].topic == 0 && nodes[node].children == 1
        if node != Self.root, isPassedThrough { joinWithChild(node) }
        if arena.isWasteful { compact() }
    }

    /// Merges a node that has one child and no topic with that child.
    private mutating func joinWithChild(_ node: Int) {
        let child = Int(nodes[node].combined)
        unlink(child)
        unlink(node)
        let (upper, lower) = (nodes[node], nodes[child])
        if upper.offset + upper.count == lower.offset {
            nodes[child].offset = upper.offset
        } else {
            nodes[child].offset = arena.appendAgain(upper.offset, upper.count)
            _ = arena.appendAgain(lower.offset, lower.count)
            arena.discard(upper.count + lower.count)
        }
        nodes[child].count = upper.count + lower.count
        nodes[child].first = upper.first
        nodes[child].parent = upper.parent
        link(child)
        release(node)
    }

    private mutating func release(_ node: Int) {
        nodes[node].count = 0
        free.append(UInt32(node))
    }

    private mutating func compact() {
        var fresh = ByteArena()
        for number in nodes.indices where nodes[number].count > 0 {
            nodes[number].offset = fresh.append(
                nodes[number].offset,
                nodes[number].count,
                of: arena
            )
        }
        arena = fresh
    }
}
