internal import ZeroMQReactor

/// The certificates in a directory, read again when something in it has changed.
final class CertificateDirectory: Sendable {
    private struct State {
        var stamps: [String: FileSystem.Stamp] = [:]
        var users: [CurvePublicKey: [String: String]] = [:]
    }

    private let path: String
    private let state = Locked(State())

    /// A certificate takes less than this; a file that is longer is none.
    private static let longestFile = 65_536

    init(path: String) {
        self.path = path
    }

    /// The notes on the owner of a key; nil if the key is in no certificate here.
    func metadata(of key: CurvePublicKey) throws(SystemError) -> [String: String]? {
        let stamps = try currentStamps()
        return state.withLock { state in
            if stamps != state.stamps {
                state.users = Self.read(Array(stamps.keys))
                state.stamps = stamps
            }
            return state.users[key]
        }
    }

    private func currentStamps() throws(SystemError) -> [String: FileSystem.Stamp] {
        var stamps: [String: FileSystem.Stamp] = [:]
        for name in try FileSystem.names(in: path) where !name.hasSuffix("_secret") {
            let file = "\(path)/\(name)"
            if let stamp = FileSystem.stamp(of: file) { stamps[file] = stamp }
        }
        return stamps
    }

    /// Files that are no certificates let nobody in, and keep nobody else out.
    private static func read(_ files: [String]) -> [CurvePublicKey: [String: String]] {
        var users: [CurvePublicKey: [String: String]] = [:]
        for file in files {
            guard let bytes = try? FileSystem.contents(of: file, limit: longestFile),
                let certificate = try? CurveCertificate(
                    text: String(decoding: bytes, as: UTF8.self)
                )
            else { continue }
            users[certificate.publicKey] = certificate.metadata
        }
        return users
    }
}

extension Authenticator {
    /// Accepts the owners of the certificates in a directory, in CZMQ's format.
    ///
    /// The directory is looked at for each question and read again when a file in it has come,
    /// gone or changed; files whose names end in `_secret` are passed over. The user id is the
    /// certificate's `name`, or the key as text; its other notes become properties.
    public static func certificates(inDirectory path: String) -> Authenticator {
        let directory = CertificateDirectory(path: path)
        return Authenticator(
            .blocking { request in
                guard case .curve(let key) = request.credentials else {
                    return .refuse(reason: "no key was shown")
                }
                guard let metadata = try directory.metadata(of: key) else {
                    return .refuse(reason: "the key is in no certificate")
                }
                return .accept(
                    userID: metadata["name"] ?? key.z85,
                    properties: metadata.mapValues { Array($0.utf8) }
                )
            }
        )
    }

    /// Asks the handler bound to `inproc://zeromq.zap.01` in the socket's context, by ZAP 1.0.
    ///
    /// `ZAPHandler` is one; a REP or ROUTER socket of one's own is another. Without any, everybody
    /// is refused. The domain is the socket's `authenticationDomain`.
    public static let zap = Authenticator(.zap)
}
