internal import ZeroMQProtocol

/// The messages of ZAP 1.0, RFC 27: a question and an answer inside the process.
enum ZAPMessages {
    static let endpoint = "inproc://zeromq.zap.01"
    static let version = Frame("1.0")
    /// Every connection asks over a connection of its own, so one number does.
    static let requestID = Frame("1")

    static func question(_ request: AuthenticationRequest) -> Message {
        var frames = [
            version, requestID, Frame(request.domain), Frame(request.address),
            request.routingID, Frame(request.mechanism),
        ]
        switch request.credentials {
        case .none: break
        case .plain(let user, let password): frames += [Frame(user), Frame(password)]
        case .curve(let key): frames.append(Frame(key.bytes))
        }
        return Message(frames: frames)
    }

    /// The question in frames, beginning with the version; nil if it is none.
    static func request(in frames: [Frame]) -> AuthenticationRequest? {
        guard frames.count >= 6, frames[0] == version else { return nil }
        let shown = frames[6...].map { Array($0) }
        guard let credentials = credentials(String(frames[5]), shown) else { return nil }
        return AuthenticationRequest(
            credentials: credentials,
            address: String(frames[3]),
            domain: String(frames[2]),
            routingID: frames[4]
        )
    }

    private static func credentials(
        _ mechanism: String,
        _ shown: [[UInt8]]
    ) -> AuthenticationRequest.Credentials? {
        switch (mechanism, shown.count) {
        case ("NULL", 0): return AuthenticationRequest.Credentials.none
        case ("PLAIN", 2): return .plain(user: shown[0], password: shown[1])
        case ("CURVE", 1):
            guard let key = try? CurvePublicKey(bytes: shown[0]) else { return nil }
            return .curve(key)
        default: return nil
        }
    }

    /// The answer in frames. One that ZAP cannot carry becomes a failure, which says why: a
    /// peer let in without all that was said of it might be allowed more than it should be.
    static func answer(_ decision: AuthenticationDecision, to requestID: Frame) -> [Frame] {
        if let obstacle = obstacle(to: decision) {
            return answer(.fail(reason: "ZAP cannot carry \(obstacle)"), to: requestID)
        }
        var properties: [MetadataProperty] = []
        let (code, text, user): (String, String, String)
        switch decision {
        case .accept(let userID, let given):
            (code, text, user) = ("200", "OK", userID ?? "")
            properties = Self.properties(given)
        case .refuse(let reason): (code, text, user) = ("400", reason, "")
        case .retryLater: (code, text, user) = ("300", "", "")
        case .fail(let reason): (code, text, user) = ("500", reason, "")
        }
        let metadata = Frame(Metadata(properties).encoded())
        return [version, requestID, Frame(code), Frame(text), Frame(user), metadata]
    }

    private static func properties(_ given: [String: [UInt8]]) -> [MetadataProperty] {
        given.sorted { $0.key < $1.key }.map { MetadataProperty(name: $0.key, value: $0.value) }
    }

    private static func obstacle(to decision: AuthenticationDecision) -> String? {
        guard case .accept(_, let given) = decision else { return nil }
        // The asking side reads no more than this.
        let most = ProtocolLimits().properties
        guard given.count <= most else { return "\(given.count) properties; it takes \(most)" }
        return properties(given).lazy.compactMap(\.obstacle).first
    }

    /// What an answer says. One that breaks the rules is as good as none; which rule, is kept.
    static func decision(in answer: Message) -> AuthenticationDecision {
        let frames = Array(answer)
        guard frames.count == 6 else { return broken("it has \(frames.count) parts, and not 6") }
        guard frames[0] == version else { return broken("its version is \(shown(frames[0]))") }
        guard frames[1] == requestID else {
            return broken("its request id is \(shown(frames[1])), and not the question's")
        }
        let text = String(frames[3])
        switch String(frames[2]) {
        case "200":
            guard let properties = properties(in: frames[5]) else {
                return broken("its metadata is no property list")
            }
            return .accept(userID: String(frames[4]), properties: properties)
        case "300": return .retryLater
        case "400": return .refuse(reason: text)
        case "500": return .fail(reason: text)
        default: return broken("its status is \(shown(frames[2]))")
        }
    }

    private static func broken(_ what: String) -> AuthenticationDecision {
        .fail(reason: "the handler's answer breaks the rules of ZAP: \(what)")
    }

    private static func shown(_ frame: Frame) -> String {
        let text = frame.withUnsafeBytes { Escaping.text($0, limit: 32) }
        return text.isEmpty ? "empty" : text
    }

    private static func properties(in frame: Frame) -> [String: [UInt8]]? {
        let metadata = frame.withUnsafeBytes { bytes in
            Result { () throws(ProtocolError) in
                try Metadata(parsing: bytes, limit: ProtocolLimits().properties)
            }
        }
        guard case .success(let metadata) = metadata else { return nil }
        return Dictionary(
            metadata.properties.map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
