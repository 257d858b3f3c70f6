import Testing
import ZeroMQProtocol

/// What became of a handshake that was fed certain bytes.
struct Dialogue: Equatable {
    var consumed = 0
    var sent: [UInt8] = []
    var outcome = Handshake.Outcome.needMore

    var peer: PeerInfo? {
        if case .ready(let peer) = outcome { peer } else { nil }
    }

    var failure: ProtocolError.Reason? {
        if case .failed(let error) = outcome { error.reason } else { nil }
    }

    /// Feeds the chunks until the handshake is over or nothing is left.
    init(
        _ kind: SocketKind,
        identity: [UInt8] = [],
        limits: ProtocolLimits = ProtocolLimits(),
        chunks: [[UInt8]]
    ) {
        var handshake = Handshake(kind: kind, identity: identity, limits: limits)
        sent = handshake.opened()
        for chunk in chunks {
            let step = chunk.withUnsafeBytes { handshake.received($0) }
            consumed += step.consumed
            sent += step.send
            outcome = step.outcome
            guard outcome == .needMore else { return }
        }
    }
}

/// Feeds one sequence of bytes in every chunking and returns the one result they must all have.
func converse(
    _ kind: SocketKind,
    identity: [UInt8] = [],
    limits: ProtocolLimits = ProtocolLimits(),
    _ bytes: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation
) -> Dialogue {
    let whole = Dialogue(kind, identity: identity, limits: limits, chunks: [bytes])
    let seed = SeededGenerator.freshSeed()
    // Long inputs are cut at random only: the square of their length would be too much.
    let chunkings =
        bytes.count <= 1_000
        ? Splitter.chunkings(of: bytes, seed: seed)
        : [bytes.map { [$0] }]
    for chunks in chunkings {
        let dialogue = Dialogue(kind, identity: identity, limits: limits, chunks: chunks)
        guard dialogue != whole else { continue }
        Issue.record(
            "seed \(seed), chunks of \(chunks.map(\.count)): \(dialogue) instead of \(whole)",
            sourceLocation: sourceLocation
        )
    }
    return whole
}
