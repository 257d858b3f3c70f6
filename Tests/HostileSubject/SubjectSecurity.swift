import Glibc
import ZeroMQ

/// How a tested socket is protected, and how its good peer is.
enum SubjectSecurity: Int {
    case plainServer = 1
    case plainClient, curveServer, curveClient

    private static let serverText = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
    private static let clientText = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"

    func apply(to options: inout SocketOptions) {
        options.authenticator = Self.rule
        switch self {
        case .plainServer: options.security = .plainServer
        case .plainClient: options.security = .plainClient(user: "good", password: "good")
        case .curveServer:
            guard let keys = Self.keys(Self.serverText) else { return }
            options.security = .curveServer(keys)
        case .curveClient:
            guard let keys = Self.keys(Self.clientText), let server = Self.keys(Self.serverText)
            else { return }
            options.security = .curveClient(keys, server: server.publicKey)
        }
    }

    /// The other role of the same mechanism.
    var opposite: SubjectSecurity {
        switch self {
        case .plainServer: .plainClient
        case .plainClient: .plainServer
        case .curveServer: .curveClient
        case .curveClient: .curveServer
        }
    }

    static func keys(_ text: String) -> CurveKeyPair? {
        (try? CurveSecretKey(z85: text)).map { CurveKeyPair(secretKey: $0) }
    }

    /// The server's public key, which every client knows.
    static var serverKey: [UInt8] { keys(serverText)?.publicKey.bytes ?? [] }

    private struct Trouble: Error {}

    /// Lets in whose password is their name, and every key.
    ///
    /// Never answers about `mute`, and throws about `throw`.
    private static let rule = Authenticator { request in
        switch request.credentials {
        case .none: return .accept()
        case .curve(let key): return .accept(userID: key.z85)
        case .plain(let user, let password):
            if user == Array("throw".utf8) { throw Trouble() }
            if user == Array("mute".utf8) {
                while true { sleep(3600) }
            }
            guard user == password else { return .refuse(reason: "not its name") }
            return .accept(userID: String(decoding: user, as: UTF8.self))
        }
    }
}
