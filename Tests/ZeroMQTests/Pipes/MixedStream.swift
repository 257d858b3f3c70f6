@testable import ZeroMQ

/// A seeded mixture of messages: small, long, by reference, in several parts.
struct MixedStream {
    let messages: [Message]
    let bytes: [UInt8]
    /// Where each message ends on the wire.
    let ends: [Int]
    private let chunk: Int

    init(seed: UInt64, count: Int, chunk: Int) {
        var random = SeededGenerator(seed: seed)
        var messages: [Message] = []
        for number in 0..<count {
            let parts = [1, 1, 2, 3].randomElement(using: &random) ?? 1
            messages.append(
                Message(
                    frames: (0..<parts).map { _ in
                        let size = Self.sizes.randomElement(using: &random) ?? 0
                        return Frame.patterned(size, seed: number)
                    }
                )
            )
        }
        self.messages = messages
        self.chunk = chunk
        var bytes: [UInt8] = []
        ends = messages.map {
            bytes += $0.wireBytes
            return bytes.count
        }
        self.bytes = bytes
    }

    /// The least size that may travel beside the stream; real senders begin higher.
    static let referenced = StreamReader.largestCertainlyInStream + 1
    private static let sizes = [0, 1, 5, 30, 31, 50, 255, 256, referenced]

    /// A fresh stream that holds the messages.
    func makeRig() -> PipeRig {
        let rig = PipeRig(retains: true, chunk: chunk)
        for message in messages { publish(message, on: rig) }
        return rig
    }

    private func publish(_ message: Message, on rig: PipeRig) {
        rig.writer.pointee.begin()
        for (index, frame) in message.enumerated() {
            let flags: UInt8 = index < message.count - 1 ? 1 : 0
            if case .shared(let storage, _, let count) = frame.body, count >= Self.referenced {
                rig.writer.pointee.append(
                    referring: storage,
                    base: UnsafeRawPointer(storage.base),
                    count: count,
                    flags: flags
                )
            } else {
                rig.writer.pointee.append(frame, flags: flags)
            }
        }
        _ = rig.writer.pointee.publish()
    }

    /// How many messages lie whole before this byte.
    func wholeMessages(before offset: Int) -> Int { ends.count { $0 <= offset } }

    /// Where the first message begins that does not lie whole before this byte.
    func resumption(after offset: Int) -> Int { ends.last { $0 <= offset } ?? 0 }
}
