import ZeroMQProtocol

@testable import ZeroMQ

/// Scripts out of arbitrary bytes: a seed's, or a fuzzer's.
///
/// Whatever the bytes are, they are a script, and a small change of them is a small change of it.
extension WalkerScript {
    /// `most` limits the bytes that the peer sends in all.
    init(decoding bytes: [UInt8], most: Int) {
        var source = ByteSource(bytes)
        let head = source.next()
        kind =
            [.pull, .pull, .pull, .dealer, .xPublisher, .publisher, .push, .xSubscriber][
                Int(head & 7)
            ]
        isSealed = head & 0x18 == 0x18
        recycles = head & 0x20 != 0
        mark = Self.marks[Int(head >> 6)]
        let choice = source.next()
        limits = Self.limits(choice)
        surplus = [0, 1, 100, 4000][Int(choice >> 6)]
        var left = most
        while !source.isEmpty, left > 0 { addPart(&source, &left) }
    }

    private static let marks = [0, 1000, 8, 1]

    private static func limits(_ choice: UInt8) -> ProtocolLimits {
        var limits = ProtocolLimits()
        limits.frame = [nil, nil, 600_000, 100_000][Int(choice & 3)]
        limits.message = [nil, nil, 2_000_000, 200_000][Int(choice >> 2 & 3)]
        if choice & 0x10 != 0 { limits.partsPerMessage = 3 }
        if choice & 0x20 != 0 { limits.topicBytes = 1000 }
        return limits
    }

    private mutating func addPart(_ source: inout ByteSource, _ left: inout Int) {
        let current = connections.count - 1
        let tag = source.next()
        switch tag & 7 {
        case 0, 1, 2:
            add(Self.frame(tag >> 3, &source), &left)
        case 3:
            guard let last = connections[current].items.last else { return }
            for _ in 0..<(source.next() & 63) { add(last, &left) }
        case 4:
            connections[current].cuts.append(Self.cut(tag >> 3, source.next()))
        case 5, 6:
            connections[current].steps.append(Self.step(tag >> 3, source.next()))
        default:
            switch tag >> 3 {
            case 0: add(.oversized, &left)
            case 1: add(.tampered(Body(count: Self.size(0, source.nextPair()))), &left)
            case 2...7 where connections.count < 4:
                connections[current].missing = Self.size(Int(tag >> 3) - 2, source.nextPair())
                connections.append(Connection())
            default: break
            }
        }
    }

    private mutating func add(_ item: Item, _ left: inout Int) {
        if case .frame(_, let body) = item {
            guard body.count <= left else { return }
            left -= body.count
        }
        left -= 16
        connections[connections.count - 1].items.append(item)
    }

    private static func frame(_ tag: UInt8, _ source: inout ByteSource) -> Item {
        let choice = source.next()
        var flags = FrameFlags()
        if tag & 3 == 1 { flags.insert(.more) }
        if tag & 7 == 6 { flags.insert(.command) }
        let count = size(Int(choice & 7), source.nextPair())
        let first: UInt8? = choice >> 3 < 12 ? nil : choice >> 3 & 3
        return .frame(flags: flags, Body(count: count, seed: Int(choice) &* 257, first: first))
    }

    /// Sizes around everything that the reading half decides by.
    private static func size(_ kind: Int, _ magnitude: Int) -> Int {
        switch kind {
        case 0: magnitude & 0xff
        case 1: magnitude
        case 2: InboundWalker.smallestOwnStorage - 16 + magnitude & 31
        case 3: Chunk.largest - 16 + magnitude & 31
        case 4: LargeChunks.capacity - 16 + magnitude & 31
        case 5: LargeChunks.capacity * (1 + magnitude % 3) + magnitude >> 4
        case 6: Chunk.largest + magnitude * 6
        default: 30_000 + magnitude & 0xfff
        }
    }

    private static func cut(_ kind: UInt8, _ magnitude: UInt8) -> Int {
        switch kind & 3 {
        case 0: Int(magnitude)
        case 1: Int(magnitude) * 64
        case 2: Int(magnitude) * 4096
        default: Int.max
        }
    }

    private static func step(_ kind: UInt8, _ magnitude: UInt8) -> Step {
        switch kind & 7 {
        case 0, 1, 2: .readElsewhere
        case 3, 4: .readOnLoop
        case 5, 6: .take(Int(magnitude & 31))
        default: .setMark([0, 1, 2, 3, 8, 64, 1000, 2000][Int(magnitude & 7)])
        }
    }
}

/// Bytes one after the other, and zeros behind them.
struct ByteSource {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func next() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func nextPair() -> Int { Int(next()) << 8 | Int(next()) }
}
