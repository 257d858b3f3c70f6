/// Collects the one frame that a peer sends next in a handshake.
///
/// Its memory grows with the bytes received; the announced size only decides when to stop.
struct HandshakeFrame {
    enum Progress {
        case needMore
        case complete
        case failed(ProtocolError)
    }

    private let limit: Int
    private var header: [UInt8] = []
    /// Bytes of the body still to come, once the header is in.
    private var missing: Int?
    private(set) var flags: FrameFlags = []
    private var body: [UInt8] = []

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes bytes from the front of `bytes` and leaves those behind the frame.
    mutating func received(_ bytes: inout Slice<UnsafeRawBufferPointer>) -> Progress {
        while missing == nil {
            guard let byte = bytes.popFirst() else { return .needMore }
            header.append(byte)
            if let error = judgeHeader() { return .failed(error) }
        }
        return collectBody(&bytes)
    }

    /// Gives the body of a complete frame away, and begins with the next frame.
    mutating func takeBody() -> [UInt8] {
        defer {
            header = []
            missing = nil
            body = []
        }
        return body
    }

    /// Finds the size of the body, and refuses one beyond the limit before any of it is read.
    private mutating func judgeHeader() -> ProtocolError? {
        let parsed = header.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return FrameHeader.Parsed.incomplete }
            return FrameHeader.parse(start, available: bytes.count)
        }
        switch parsed {
        case .incomplete:
            return nil
        case .header(let flags, _, let body) where body <= limit:
            self.flags = FrameFlags(rawValue: flags)
            missing = body
            return nil
        case .header, .oversized:
            return ProtocolError(.limitExceeded(.handshakeCommand))
        }
    }

    private mutating func collectBody(_ bytes: inout Slice<UnsafeRawBufferPointer>) -> Progress {
        guard let missing else { preconditionFailure("the header comes before the body") }
        let part = bytes.prefix(missing)
        body.append(contentsOf: part)
        bytes = bytes.dropFirst(part.count)
        self.missing = missing - part.count
        return part.count == missing ? .complete : .needMore
    }
}
