import ZeroMQProtocol

/// A frame in clear, as it came out of a MESSAGE.
struct Opened: Equatable {
    var flags: FrameFlags
    var body: [UInt8]
}

extension CurveSender {
    mutating func sealed(_ body: [UInt8], _ flags: FrameFlags) -> [UInt8] {
        var frame = [UInt8](repeating: 0, count: Self.frameSize(forBody: body.count))
        frame.withUnsafeMutableBytes { target in
            body.withUnsafeBytes { body in
                guard let target = target.baseAddress else { return }
                seal(body, flags: flags, to: target)
            }
        }
        return frame
    }
}

extension CurveReceiver {
    /// Opens a whole frame, whose outer flags it does not look at.
    mutating func opened(_ frame: [UInt8]) throws(ProtocolError) -> Opened {
        try open(body: Array(frame.dropFirst(frame[0] & 2 == 0 ? 2 : 9)))
    }

    mutating func open(body: [UInt8]) throws(ProtocolError) -> Opened {
        var target = [UInt8](repeating: 0xaa, count: max(0, body.count - 32))
        let flags = target.withUnsafeMutableBytes { target in
            body.withUnsafeBytes { body in
                Result { () throws(ProtocolError) -> FrameFlags in
                    guard let base = target.baseAddress else {
                        throw ProtocolError(.malformedCommand(name: "short"))
                    }
                    return try self.open(body, to: base)
                }
            }
        }
        return Opened(flags: try flags.get(), body: Array(target.dropFirst()))
    }
}
