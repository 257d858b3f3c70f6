import ZeroMQProtocol

@testable import ZeroMQ

/// What a peer sends, how it arrives, and who reads it: everything that one run of the reading
/// half needs.
struct WalkerScript {
    /// One thing that the peer sends.
    enum Item {
        case frame(flags: FrameFlags, Body)
        /// The announcement of a body that no memory could hold.
        case oversized
        /// A frame whose box was tampered with on the way; in clear, an ordinary one.
        case tampered(Body)
    }

    struct Body {
        var count: Int
        /// Where in the pattern the body begins.
        var seed = 0
        /// The first byte, where a subscription or a bad command needs a certain one.
        var first: UInt8?
    }

    /// Who is at it next.
    enum Step {
        case readOnLoop
        case readElsewhere
        /// The application takes so many messages, as far as there are any.
        case take(Int)
        case setMark(Int)
    }

    struct Connection {
        var items: [Item] = []
        /// What each call of the kernel moves at most; none at all for 0. Then everything.
        var cuts: [Int] = []
        /// Then reading on the loop and taking everything, in turn, until the end.
        var steps: [Step] = []
        /// How many bytes never arrive, because the connection ends before.
        var missing = 0
    }

    var kind = SocketKind.pull
    var isSealed = false
    /// The high-water mark at the beginning; none for 0.
    var mark = 0
    var limits = ProtocolLimits()
    /// So many bytes arrive together with the end of each handshake.
    var surplus = 0
    /// Messages are taken into the one that was taken before.
    var recycles = false
    /// One after the other, over the same stream, as at a connecting endpoint.
    var connections = [Connection()]
}

extension WalkerScript.Body {
    var bytes: [UInt8] {
        var bytes = [UInt8](unsafeUninitializedCapacity: count) { target, used in
            target.fill(withPatternFrom: seed)
            used = count
        }
        if let first, count > 0 { bytes[0] = first }
        return bytes
    }
}

extension UnsafeMutableBufferPointer<UInt8> {
    /// Fills in bytes that differ from place to place, as fast as a build for debugging can.
    fileprivate func fill(withPatternFrom seed: Int) {
        let start = seed & 0xffff
        let target = UnsafeMutableRawBufferPointer(self)
        var used = 0
        while used < count {
            let step = Swift.min(count - used, pattern.count - start)
            pattern.withUnsafeBytes { pattern in
                UnsafeMutableRawBufferPointer(rebasing: target[used..<used + step])
                    .copyMemory(from: .init(rebasing: pattern[start..<start + step]))
            }
            used += step
        }
    }
}

private let pattern = (0..<(1 << 17)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
