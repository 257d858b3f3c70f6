internal import ZeroMQCrypto

/// Opens MESSAGE commands, each of which must be newer than the last.
package struct CurveReceiver: Sendable {
    /// A length of seven and "MESSAGE", as the number they are in memory.
    static let name: UInt64 = 0x4547_4153_5345_4d07

    private let cipher: MessageCipher
    private var last: UInt64

    init(_ key: SharedKey, _ prefix: NoncePrefix, lastSeen counter: UInt64) {
        cipher = MessageCipher(key, prefix: prefix)
        last = counter
    }

    /// Judges what stands before the box; returns the nonce.
    private func counter(of body: UnsafeRawBufferPointer) throws(ProtocolError) -> UInt64 {
        guard body.count >= 8,
            UInt64(littleEndian: body.loadUnaligned(as: UInt64.self)) == Self.name
        else {
            throw ProtocolError(.unexpectedCommand(name: "a frame that is not encrypted"))
        }
        guard body.count >= CurveSender.overhead else { throw CurveNames.malformed("MESSAGE") }
        let counter = UInt64(
            bigEndian: body.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        )
        guard counter > last else { throw ProtocolError(.invalidSequence) }
        return counter
    }

    /// Opens the body of an outer frame. The target gets one byte, and from the next on the body.
    ///
    /// It does not overlap the outer body. The flags are those of the frame in clear.
    package mutating func open(
        _ body: UnsafeRawBufferPointer,
        to target: UnsafeMutableRawPointer
    ) throws(ProtocolError) -> FrameFlags {
        let counter = try counter(of: body)
        let box = UnsafeRawBufferPointer(rebasing: body[CurveSender.boxOffset...])
        guard cipher.open(box, counter: counter, to: target) else { throw CurveNames.failure }
        last = counter
        let head = target.load(as: UInt8.self)
        var flags = FrameFlags(rawValue: head & FrameFlags.more.rawValue)
        if head & CurveSender.innerCommand != 0 { flags.insert(.command) }
        return flags
    }
}
