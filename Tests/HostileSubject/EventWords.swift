import ZeroMQ

/// An event as the test sees it: what matters of it, and its text.
struct SeenEvent: Sendable {
    /// The name of the case.
    let name: String
    let reason: DisconnectReason?
    /// The pause before the next attempt, in milliseconds.
    let pause: Int?
    /// What printing the event shows.
    let text: String

    init(_ event: SocketEvent) {
        var reason: DisconnectReason?
        var pause: Int?
        switch event {
        case .acceptFailed(_, let why), .acceptPaused(_, let why), .connectFailed(_, let why),
            .handshakeFailed(_, _, let why), .disconnected(_, _, let why):
            reason = why
        case .retrying(_, let time): pause = Int(time / .milliseconds(1))
        default: break
        }
        name = String("\(event)".prefix { $0 != "(" })
        (self.reason, self.pause, text) = (reason, pause, "\(event)")
    }

    /// Why a connection ended, if this event says that one did.
    var endReason: DisconnectReason? {
        ["handshakeFailed", "disconnected"].contains(name) ? reason : nil
    }

    // MARK: As words

    var line: String {
        let fields = [name, pause.map(String.init) ?? "", text] + (reason?.words ?? [])
        return fields.map { Dialogue.hexadecimal(Array($0.utf8)) }.joined(separator: " ")
    }

    init?(line: String) {
        let fields = line.split(separator: " ").map(Dialogue.text)
        guard fields.count >= 3 else { return nil }
        (name, pause, text) = (fields[0], Int(fields[1]), fields[2])
        reason = fields.count > 3 ? DisconnectReason(words: Array(fields[3...])) : nil
    }
}

extension DisconnectReason {
    /// The name of the case, and what it carries.
    var words: [String] {
        switch self {
        case .local: ["local"]
        case .requestGivenUp: ["requestGivenUp"]
        case .closedByPeer: ["closedByPeer"]
        case .handshakeTimeout: ["handshakeTimeout"]
        case .tooManyHandshakes: ["tooManyHandshakes"]
        case .notZMTP(let seen): ["notZMTP", seen]
        case .legacyPeer(let version): ["legacyPeer", version]
        case .mechanismMismatch(let ours, let theirs): ["mechanismMismatch", ours, theirs]
        case .unexpectedCommand(let name): ["unexpectedCommand", name]
        case .malformedCommand(let name): ["malformedCommand", name]
        case .invalidMetadata(let fault): ["invalidMetadata", fault]
        case .incompatibleSocketType(let ours, let theirs):
            ["incompatibleSocketType", ours, theirs]
        case .duplicateIdentity: ["duplicateIdentity"]
        case .surplusPeer: ["surplusPeer"]
        case .refusedByPeer(let text): ["refusedByPeer", text]
        case .roleConflict(let role): ["roleConflict", role]
        case .authenticationRefused(let code): ["authenticationRefused", code]
        case .cryptographic: ["cryptographic"]
        case .invalidSequence: ["invalidSequence"]
        case .limitExceeded(let limit): ["limitExceeded", limit]
        case .heartbeat: ["heartbeat"]
        case .resolutionFailed(let text): ["resolutionFailed", text]
        case .systemError(let number, let name): ["systemError", "\(number)", name]
        }
    }

    init?(words: [String]) {
        let (first, second) = (words.count > 1 ? words[1] : "", words.count > 2 ? words[2] : "")
        switch words[0] {
        case "local": self = .local
        case "requestGivenUp": self = .requestGivenUp
        case "closedByPeer": self = .closedByPeer
        case "handshakeTimeout": self = .handshakeTimeout
        case "tooManyHandshakes": self = .tooManyHandshakes
        case "notZMTP": self = .notZMTP(seen: first)
        case "legacyPeer": self = .legacyPeer(version: first)
        case "mechanismMismatch": self = .mechanismMismatch(ours: first, theirs: second)
        case "unexpectedCommand": self = .unexpectedCommand(first)
        case "malformedCommand": self = .malformedCommand(first)
        case "invalidMetadata": self = .invalidMetadata(first)
        case "incompatibleSocketType": self = .incompatibleSocketType(ours: first, theirs: second)
        case "duplicateIdentity": self = .duplicateIdentity
        case "surplusPeer": self = .surplusPeer
        case "refusedByPeer": self = .refusedByPeer(first)
        case "roleConflict": self = .roleConflict(first)
        case "authenticationRefused": self = .authenticationRefused(code: first)
        case "cryptographic": self = .cryptographic
        case "invalidSequence": self = .invalidSequence
        case "limitExceeded": self = .limitExceeded(first)
        case "heartbeat": self = .heartbeat
        case "resolutionFailed": self = .resolutionFailed(first)
        case "systemError": self = .systemError(Int32(first) ?? 0, name: second)
        default: return nil
        }
    }
}
