import ZeroMQProtocol

@testable import ZeroMQ

/// What a peer's items are on the wire, in clear and as they travel, by an encoder of its own.
struct WireImage {
    /// Where a frame lies in both forms, if it travels in a box.
    struct Box {
        /// Where, as it travels, its size is known, and where it ends.
        var announced: Int
        var end: Int
        /// What it says its body in clear has.
        var count: Int
        /// Where the frame ends in clear.
        var clearEnd: Int
        var isTampered = false
        var isOversized = false
    }

    private(set) var clear: [UInt8] = []
    private(set) var wire: [UInt8] = []
    private(set) var boxes: [Box] = []

    init(_ items: [WalkerScript.Item], sealing sender: inout CurveSender?) {
        for item in items {
            switch item {
            case .frame(let flags, let body): add(flags, body, &sender)
            case .oversized: addOversized(isSealed: sender != nil)
            case .tampered(let body):
                add([], body, &sender)
                guard !boxes.isEmpty else { continue }
                boxes[boxes.count - 1].isTampered = true
                wire[wire.count - 1] ^= 0x10
            }
        }
        if sender == nil { wire = clear }
    }

    /// The end never arrives.
    mutating func lose(_ count: Int) { wire.removeLast(min(count, wire.count)) }

    private mutating func add(
        _ flags: FrameFlags,
        _ body: WalkerScript.Body,
        _ sender: inout CurveSender?
    ) {
        let bytes = body.bytes
        clear += Self.header(flags.rawValue, bytes.count)
        clear += bytes
        guard sender != nil else { return }
        let start = wire.count
        let size = CurveSender.frameSize(forBody: bytes.count)
        wire += [UInt8](unsafeUninitializedCapacity: size) { target, used in
            bytes.withUnsafeBytes { bytes in
                guard let target = target.baseAddress else { return }
                sender?.seal(bytes, flags: flags, to: target)
            }
            used = size
        }
        let headerSize = size - bytes.count - CurveSender.overhead
        boxes.append(
            Box(
                announced: start + headerSize,
                end: wire.count,
                count: bytes.count,
                clearEnd: clear.count
            )
        )
    }

    private mutating func addOversized(isSealed: Bool) {
        let header = [2] + [UInt8](repeating: 0xff, count: 8)
        guard isSealed else {
            clear += header
            return
        }
        wire += header
        boxes.append(
            Box(
                announced: wire.count,
                end: wire.count,
                count: .max,
                clearEnd: clear.count,
                isOversized: true
            )
        )
    }

    private static func header(_ flags: UInt8, _ count: Int) -> [UInt8] {
        guard count > 255 else { return [flags, UInt8(count)] }
        let size = (0..<8).reversed().map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
        return [flags | 2] + size
    }
}

/// Both ends of an encrypted connection whose handshake is over.
enum SealedPair {
    /// Copies of the same two serve every run: each run begins at the same counters.
    static let traffic: (sender: CurveSender, receiver: CurveReceiver)? = {
        var (client, server) = (SocketOptions(), SocketOptions())
        guard let serverKeys = try? CurveKeyPair(), let clientKeys = try? CurveKeyPair() else {
            return nil
        }
        server.security = .curveServer(serverKeys)
        client.security = .curveClient(clientKeys, server: serverKeys.publicKey)
        guard let theirs = try? server.handshakeSecurity(),
            let ours = try? client.handshakeSecurity()
        else { return nil }
        var connecting = Handshake(
            kind: .push,
            identity: [],
            security: ours,
            limits: ProtocolLimits()
        )
        var binding = Handshake(
            kind: .pull,
            identity: [],
            security: theirs,
            limits: ProtocolLimits()
        )
        var (toServer, toClient) = (connecting.opened(), binding.opened())
        while !toServer.isEmpty || !toClient.isEmpty {
            if !toServer.isEmpty {
                let step = toServer.withUnsafeBytes { binding.received($0) }
                toClient += step.send
                if case .ask = step.outcome { toClient += binding.answered(.accepted).send }
                toServer = []
            }
            if !toClient.isEmpty {
                toServer += toClient.withUnsafeBytes { connecting.received($0) }.send
                toClient = []
            }
        }
        guard let sender = connecting.traffic?.sender, let receiver = binding.traffic?.receiver
        else {
            return nil
        }
        return (sender, receiver)
    }()
}
