internal import ZeroMQCrypto

/// Seals frames into MESSAGE commands.
///
/// The outer frame bears neither MORE nor COMMAND, although the specification calls it a command:
/// libzmq would take the message for one. The real flags are inside the box.
package struct CurveSender: Sendable {
    /// What a sealed body has more bytes than the body: name, nonce, tag and flags.
    package static let overhead = 33
    /// Where the box begins in the body of the outer frame.
    static let boxOffset = 16
    /// Inside the box, COMMAND is another bit than in a frame.
    static let innerCommand: UInt8 = 2

    private let cipher: MessageCipher
    private var counter: UInt64

    init(_ key: SharedKey, _ prefix: NoncePrefix, lastUsed counter: UInt64) {
        cipher = MessageCipher(key, prefix: prefix)
        self.counter = counter
    }

    /// Whether no nonce is left: the connection has to end.
    package var isExhausted: Bool { counter == .max }

    /// Bytes of the whole frame in which a body of this size is sealed.
    package static func frameSize(forBody count: Int) -> Int {
        FrameHeader.size(forBody: count + overhead) + count + overhead
    }

    /// Writes the whole frame; the flags are those of the frame in clear.
    package mutating func seal(
        _ body: UnsafeRawBufferPointer,
        flags: FrameFlags,
        to target: UnsafeMutableRawPointer
    ) {
        precondition(!isExhausted, "a nonce is never used twice")
        counter += 1
        let header = FrameHeader.write(flags: 0, body: body.count + Self.overhead, to: target)
        let start = target + header
        start.storeBytes(of: CurveReceiver.name.littleEndian, as: UInt64.self)
        start.storeBytes(of: counter.bigEndian, toByteOffset: 8, as: UInt64.self)
        let head =
            (flags.contains(.more) ? FrameFlags.more.rawValue : 0)
            | (flags.contains(.command) ? Self.innerCommand : 0)
        cipher.seal(head: head, body, counter: counter, to: start + Self.boxOffset)
    }
}
