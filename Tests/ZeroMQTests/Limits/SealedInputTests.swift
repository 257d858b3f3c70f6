import Testing
import ZeroMQReactor
import ZeroMQTestSupport

@testable import ZeroMQ
@testable import ZeroMQCrypto
@testable import ZeroMQProtocol

@Suite("Memory for boxes follows what has come", .tags(.memory))
struct SealedInputTests {
    /// Bytes without end, beginning with the header of a box of a gibibyte.
    private final class Source: StreamChannel {
        let descriptor: Int32 = -1
        let isSelfConnected = false
        private let header = Locked<[UInt8]>([2, 0, 0, 0, 0, 0x40, 0, 0, 0])

        func receive(into buffer: UnsafeMutableRawBufferPointer) -> IOResult {
            let count = min(buffer.count, 65_536)
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]).initializeMemory(
                as: UInt8.self,
                repeating: 0
            )
            header.withLock { header in
                buffer.copyBytes(from: header.prefix(count))
                header = []
            }
            return .processed(count)
        }

        func receive(
            into first: UnsafeMutableRawBufferPointer,
            then second: UnsafeMutableRawBufferPointer
        ) -> IOResult { .wouldBlock }

        func send(_ bytes: UnsafeRawBufferPointer) -> IOResult { .wouldBlock }
        func send(vectors: UnsafeBufferPointer<IOVector>) -> IOResult { .wouldBlock }
        func finishConnect() -> SystemError? { nil }
        func close() {}
    }

    @Test("from a mebibyte on twice as much as has been received, at most")
    func growth() throws {
        let input = SealedInput(.forTests)
        let stream = WireStream(highWaterMark: 10, readerRetains: false)
        let walker = InboundWalker(
            writer: stream.writer,
            policy: InboundPolicy(.pull),
            limits: ProtocolLimits()
        )
        let source = Source()
        var received = 0
        while received < 16 << 20 {
            guard case (.processed(let count), _) = input.receive(source) else { return }
            received += count
            #expect(try !input.open(into: stream.writer, walker))
            #expect(input.capacity <= max(2 * received, 2 << 20))
        }
    }
}

extension CurveReceiver {
    fileprivate static var forTests: CurveReceiver {
        let zeros = Bytes32(w0: 0, w1: 0, w2: 0, w3: 0)
        return CurveReceiver(SharedKey(zeros), NoncePrefix(low: 0, high: 0), lastSeen: 0)
    }
}
