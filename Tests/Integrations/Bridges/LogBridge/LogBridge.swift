import Logging
import ZeroMQ

/// Writes to a log what happens to a socket, until the socket is closed.
func log(_ socket: some Socket, as name: String, to logger: Logger) async {
    for await event in socket.events {
        logger.log(level: event.level, "\(event)", metadata: ["socket": "\(name)"])
    }
}

extension SocketEvent {
    var level: Logger.Level {
        switch self {
        case .bindFailed, .acceptFailed, .acceptPaused, .authenticatorFailed: .error
        case .handshakeFailed, .peerRefused, .dropped, .missed, .unprotected: .warning
        case .listening, .acceptResumed, .handshakeSucceeded, .disconnected, .closed: .info
        default: .debug
        }
    }
}
