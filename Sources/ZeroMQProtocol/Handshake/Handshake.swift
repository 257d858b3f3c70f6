/// Greeting and mechanism of one connection, from its first octet to READY.
///
///     idle ──opened──▶ greeting ──64 octets──▶ mechanism ──READY──▶ finished
///                         └──────── failed ────────┴───────────────────▲
///
/// It is fed octets and answers with octets; descriptors and the time limit are its owner's.
package struct Handshake: ~Copyable {
    package enum Outcome: Sendable, Equatable {
        case needMore
        /// The handshake is over; octets that were not consumed are traffic.
        case ready(PeerInfo)
        /// The connection has to be closed.
        case failed(ProtocolError)
    }

    /// What to do after octets were received.
    package struct Step: Sendable, Equatable {
        /// How many of the octets belong to the handshake.
        package var consumed: Int
        /// Octets to send, before the outcome is acted upon.
        package var send: [UInt8]
        package var outcome: Outcome
    }

    private enum Phase {
        /// Nothing sent. Next: `greeting`.
        case idle
        /// Our greeting is out. Next: `mechanism`, `finished`.
        case greeting
        /// Both greetings are exchanged. Next: `finished`.
        case mechanism(ProtocolVersion)
        case finished
    }

    private let mechanism = Mechanism.null
    private let null: NullMechanism
    private var phase = Phase.idle
    private var greeting = GreetingParser()
    private var frame: HandshakeFrame

    /// A handshake for a socket of ours; the identity was checked when it was set.
    package init(
        kind: SocketKind,
        identity: [UInt8],
        extraProperties: [MetadataProperty] = [],
        limits: ProtocolLimits
    ) {
        precondition(identity.count <= 255, "our identity has at most 255 octets")
        precondition(identity.first != 0, "our identity does not begin with zero")
        null = NullMechanism(
            kind: kind,
            identity: identity,
            extraProperties: extraProperties,
            limits: limits
        )
        frame = HandshakeFrame(limit: limits.handshakeCommand)
    }

    /// The connection is open: returns our greeting, to be sent without waiting for anything.
    ///
    /// It goes out whole, because peers older than 3.0 are refused anyway.
    package mutating func opened() -> [UInt8] {
        guard case .idle = phase else { preconditionFailure("a connection opens once") }
        phase = .greeting
        return Greeting.encode(mechanism: mechanism, identityCount: null.identity.count)
    }

    /// Takes octets of the handshake and stops behind the peer's READY.
    package mutating func received(_ bytes: UnsafeRawBufferPointer) -> Step {
        var rest = bytes[...]
        var send: [UInt8] = []
        let outcome = advance(&rest, send: &send)
        return Step(consumed: bytes.count - rest.count, send: send, outcome: outcome)
    }
}

extension Handshake {
    private mutating func advance(
        _ rest: inout Slice<UnsafeRawBufferPointer>,
        send: inout [UInt8]
    ) -> Outcome {
        while true {
            switch phase {
            case .idle:
                preconditionFailure("octets arrived before the connection was opened")
            case .greeting:
                guard let octet = rest.popFirst() else { return .needMore }
                if let error = readGreeting(octet, send: &send) { return fail(error) }
            case .mechanism(let version):
                return readFrame(&rest, version: version)
            case .finished:
                preconditionFailure("a finished handshake takes no more octets")
            }
        }
    }

    private mutating func readGreeting(
        _ octet: UInt8,
        send: inout [UInt8]
    ) -> ProtocolError? {
        switch greeting.received(octet) {
        case .needMore:
            return nil
        case .mechanismSeen(let theirs):
            do throws(ProtocolError) {
                try mechanism.check(theirs)
            } catch {
                return error
            }
            send += null.ready()
            return nil
        case .complete(let version):
            phase = .mechanism(version)
            return nil
        case .failed(let error):
            return error
        }
    }

    private mutating func readFrame(
        _ rest: inout Slice<UnsafeRawBufferPointer>,
        version: ProtocolVersion
    ) -> Outcome {
        switch frame.received(&rest) {
        case .needMore: .needMore
        case .failed(let error): fail(error)
        case .complete: judge(version)
        }
    }

    private mutating func judge(_ version: ProtocolVersion) -> Outcome {
        let body = frame.body
        let verdict = body.withUnsafeBytes { octets in
            Result { () throws(ProtocolError) -> PeerInfo in
                try null.received(octets, flags: frame.flags, version: version)
            }
        }
        phase = .finished
        switch verdict {
        case .success(let peer): return .ready(peer)
        case .failure(let error): return .failed(error)
        }
    }

    private mutating func fail(_ error: ProtocolError) -> Outcome {
        phase = .finished
        return .failed(error)
    }
}
