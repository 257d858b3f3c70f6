internal import ZeroMQCrypto
internal import ZeroMQProtocol

/// Rules that need no closure.
extension Authenticator {
    /// Accepts every CURVE client, known or not, that knows the server's public key.
    ///
    /// This is encryption without authentication, for keys that are given to the right people only.
    /// Clients of other mechanisms are refused.
    public static let anyoneHoldingTheServersPublicKey = Authenticator(
        .atOnce { request in
            guard case .curve(let key) = request.credentials else { return .notByKey }
            return .accept(userID: key.z85)
        }
    )

    /// Accepts the owners of these keys; the user id is the key as text.
    public static func keys(_ keys: some Sequence<CurvePublicKey>) -> Authenticator {
        let known = Set(keys)
        return Authenticator(
            .atOnce { request in
                guard case .curve(let key) = request.credentials else { return .notByKey }
                guard known.contains(key) else { return .refuse(reason: "the key is not known") }
                return .accept(userID: key.z85)
            }
        )
    }

    /// Accepts the owners of these keys, under the user ids given to them.
    public static func keys(_ users: [CurvePublicKey: String]) -> Authenticator {
        Authenticator(
            .atOnce { request in
                guard case .curve(let key) = request.credentials else { return .notByKey }
                guard let user = users[key] else { return .refuse(reason: "the key is not known") }
                return .accept(userID: user)
            }
        )
    }

    /// Accepts PLAIN clients who know the password of their name; the user id is the name.
    ///
    /// A wrong name takes as long as a wrong password, and every password as long as the longest.
    public static func passwords(_ table: [String: String]) -> Authenticator {
        let table = PasswordTable(table)
        return Authenticator(
            .atOnce { request in
                guard case .plain(let user, let password) = request.credentials else {
                    return .refuse(reason: "no password was given")
                }
                guard table.isRight(password, for: user) else {
                    return .refuse(reason: "name or password is wrong")
                }
                return .accept(userID: String(decoding: user, as: UTF8.self))
            }
        )
    }

    /// Has this rule asked only about peers from certain addresses; the others are refused.
    ///
    /// An address is text without a port, as in `AuthenticationRequest.address`. An empty list of
    /// allowed addresses allows all; who is denied is denied even if allowed.
    public func from(
        allowed: Set<String> = [],
        denied: Set<String> = []
    ) -> Authenticator {
        Authenticator(.filtered({ Self.judge($0.address, allowed, denied) }, self))
    }

    /// Judges nothing but where peers come from. Suitable for connections without security.
    public static func addresses(
        allowed: Set<String> = [],
        denied: Set<String> = []
    ) -> Authenticator {
        Authenticator(
            .atOnce { request in judge(request.address, allowed, denied) ?? .accept() }
        )
    }

    private static func judge(
        _ address: String,
        _ allowed: Set<String>,
        _ denied: Set<String>
    ) -> AuthenticationDecision? {
        if denied.contains(address) { return .refuse(reason: "the address is denied") }
        if allowed.isEmpty || allowed.contains(address) { return nil }
        return .refuse(reason: "the address is not allowed")
    }
}

extension AuthenticationDecision {
    fileprivate static var notByKey: AuthenticationDecision {
        .refuse(reason: "no key was shown")
    }
}

/// Names and passwords, compared in a time that depends on what is given only.
private struct PasswordTable: Sendable {
    private let entries: [[UInt8]: SecretBytes]
    /// Stands in for the password of a name that is not there.
    private let nobody: SecretBytes

    init(_ table: [String: String]) {
        var entries: [[UInt8]: SecretBytes] = [:]
        for (user, password) in table { entries[Array(user.utf8)] = Self.padded(password.utf8) }
        self.entries = entries
        nobody = Self.padded([])
    }

    func isRight(_ password: [UInt8], for user: [UInt8]) -> Bool {
        let expected = entries[user]
        let isEqual = Self.padded(password) == (expected ?? nobody)
        return isEqual && expected != nil
    }

    /// Length and bytes in 257 bytes, so that neither shows in the time of a comparison.
    private static func padded(_ password: some Collection<UInt8>) -> SecretBytes {
        SecretBytes(count: 257) { memory in
            memory[0] = UInt8(truncatingIfNeeded: min(password.count, 256) >> 8)
            memory[1] = UInt8(truncatingIfNeeded: password.count)
            UnsafeMutableRawBufferPointer(rebasing: memory[2...]).copyBytes(
                from: password.prefix(255)
            )
        }
    }
}
