public import Foundation
public import ZeroMQ

extension Data {
    /// Makes data of a frame's bytes, in one copy.
    public init(_ frame: Frame) {
        self = frame.withUnsafeBytes { Data($0) }
    }

    /// Makes data of the bytes of a message's first frame, in one copy.
    public init(_ message: Message) {
        self = message.withUnsafeBytes { Data($0) }
    }
}
