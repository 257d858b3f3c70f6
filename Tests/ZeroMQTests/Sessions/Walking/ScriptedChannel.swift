import ZeroMQReactor

/// A connection that delivers given bytes in given pieces.
///
/// For one thread at a time, as any channel.
final class ScriptedChannel: StreamChannel, @unchecked Sendable {
    // Sendable because whoever has the reading half has it alone.

    private let bytes: [UInt8]
    private var cuts: ArraySlice<Int>
    private(set) var delivered = 0
    /// What was wrong with a call.
    private(set) var complaint: String?

    init(_ bytes: [UInt8], cuts: [Int]) {
        self.bytes = bytes
        self.cuts = cuts[...]
    }

    let descriptor: Int32 = -1
    let isSelfConnected = false

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> IOResult {
        receive(into: buffer, then: UnsafeMutableRawBufferPointer(start: nil, count: 0))
    }

    func receive(
        into first: UnsafeMutableRawBufferPointer,
        then second: UnsafeMutableRawBufferPointer
    ) -> IOResult {
        let room = first.count + second.count
        // To the kernel a call without room is one that has been satisfied: the end, it seems.
        if first.count < 0 || second.count < 0 || room <= 0 {
            complaint = "room for \(first.count) and \(second.count) bytes was offered"
            return .endOfStream
        }
        guard delivered < bytes.count else { return .endOfStream }
        let cut = cuts.popFirst() ?? .max
        guard cut > 0 else { return .wouldBlock }
        let count = min(cut, room, bytes.count - delivered)
        bytes.withUnsafeBytes { bytes in
            let whole = min(count, first.count)
            let middle = delivered + whole
            first.copyMemory(from: .init(rebasing: bytes[delivered..<middle]))
            if count > whole {
                second.copyMemory(from: .init(rebasing: bytes[middle..<delivered + count]))
            }
        }
        delivered += count
        return .processed(count)
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> IOResult { .wouldBlock }
    func send(vectors: UnsafeBufferPointer<IOVector>) -> IOResult { .wouldBlock }
    func finishConnect() -> SystemError? { nil }
    func close() {}
}
