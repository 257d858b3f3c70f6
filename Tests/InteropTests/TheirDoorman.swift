import Foundation
import LibZMQ

/// A ZAP handler for libzmq's sockets: their PLAIN server lets nobody in without one.
final class TheirDoorman: Sendable {
    private let socket: LibZMQ.Socket
    private let finished = DispatchSemaphore(value: 0)

    /// Answers with a status for what a peer shows, until the context is shut down.
    init(
        _ context: LibZMQ.Context,
        status: @escaping @Sendable (_ mechanism: String, _ shown: [[UInt8]]) -> String
    ) throws {
        socket = try context.socket(.reply)
        try socket.bind("inproc://zeromq.zap.01")
        try socket.set(.linger, 0)
        let (socket, finished) = (socket, finished)
        Thread.detachNewThread {
            while let question = try? socket.receive(), question.count >= 6 {
                let mechanism = String(decoding: question[5], as: UTF8.self)
                let code = status(mechanism, Array(question[6...]))
                let answer = [Array("1.0".utf8), question[1], Array(code.utf8), [], [], []]
                guard (try? socket.send(answer)) != nil else { break }
            }
            socket.close()
            finished.signal()
        }
    }

    /// Returns when the thread has closed its socket, which a shut-down context makes it do.
    func wait() { finished.wait() }
}
