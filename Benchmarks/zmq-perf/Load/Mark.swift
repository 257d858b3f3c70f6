/// Messages that say something about the others. No payload is as small.
enum Mark {
    /// Sent until a receiver has heard it.
    case presence
    /// Nothing more of this phase follows.
    case end

    var bytes: [UInt8] {
        switch self {
        case .presence: [topic]
        case .end: [topic, topic]
        }
    }

    /// How all marks begin, and no topic of a payload does.
    private var topic: UInt8 { Mark.topic }
    static let topic: UInt8 = 0xff

    /// The smallest payload that is not mistaken for a mark.
    static let smallestPayload = 8

    static func isEnd(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.count == 2 }
}

extension PerfSender {
    func send(_ mark: Mark) throws {
        try mark.bytes.withUnsafeBytes { try send(copying: $0) }
    }
}
