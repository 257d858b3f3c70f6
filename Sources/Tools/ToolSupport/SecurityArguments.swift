package import ZeroMQ

/// How a tool is told to protect its connections.
///
/// Secrets come from files: everybody on the machine can read a command line.
package struct SecurityArguments: Sendable {
    /// The part of a tool's help that explains this.
    package static let usage = """
        --plain FILE            PLAIN, as the user of the line USER:PASSWORD in FILE
        --plain-users FILE      PLAIN, letting in who has a line USER:PASSWORD in FILE
        --curve FILE            CURVE, with our own pair of keys: the FILE_secret of zmq-keygen
        --curve-server KEY      CURVE, with the server of this key: text, or the FILE of zmq-keygen;
                                without --curve we have a new pair each time
        --curve-clients FOLDER  CURVE, letting in whose FILE of zmq-keygen is in FOLDER
        --curve-anyone          CURVE, letting in everybody who knows our public key

        What is in a file with secrets must not be readable by others.
        """

    private enum Option: String {
        case plain = "--plain"
        case plainUsers = "--plain-users"
        case curve = "--curve"
        case curveServer = "--curve-server"
        case curveClients = "--curve-clients"
        case curveAnyone = "--curve-anyone"
    }

    private var values: [Option: String] = [:]

    package init() {}

    /// Takes an option and what belongs to it; false if that is wrong, nil if it is none of these.
    package mutating func take(_ word: String, _ others: inout Words) -> Bool? {
        guard let option = Option(rawValue: word) else { return nil }
        guard values[option] == nil, let value = option == .curveAnyone ? "" : others.next() else {
            return false
        }
        values[option] = value
        return true
    }

    /// Whether the options go together.
    package var isConsistent: Bool {
        let roles = values.keys.filter { $0 != .curve }
        guard values[.curve] != nil else {
            return roles.isEmpty
                || roles.count == 1 && roles[0] != .curveClients && roles[0] != .curveAnyone
        }
        return roles.count == 1 && roles[0] != .plain && roles[0] != .plainUsers
    }

    /// Protects what a socket binds and connects from now on.
    package func apply(to socket: some Socket) throws(ZeroMQError) {
        if let path = values[.plain] { usePlain(socket, try readUsers(path), path) }
        if let path = values[.plainUsers] {
            socket.options.security = .plainServer
            socket.options.authenticator = .passwords(try readUsers(path))
        }
        if let server = values[.curveServer] {
            let keys = if let own = try ownKeys() { own } else { try CurveKeyPair() }
            socket.options.security = .curveClient(keys, server: try readPublicKey(server))
            socket.options.throwsWhenRefused = true
        }
        if let keys = try ownKeys(), values[.curveServer] == nil {
            socket.options.security = .curveServer(keys)
            socket.options.authenticator = .anyoneHoldingTheServersPublicKey
            if let folder = values[.curveClients] {
                ToolFile.expectFolder(folder)
                socket.options.authenticator = .certificates(inDirectory: folder)
            }
        }
    }

    private func usePlain(_ socket: some Socket, _ users: [String: String], _ path: String) {
        guard users.count == 1, let (user, password) = users.first else {
            complain("\(path): one line USER:PASSWORD is wanted", status: ExitCode.failure)
        }
        socket.options.security = .plainClient(user: user, password: password)
        socket.options.throwsWhenRefused = true
    }

    // MARK: Files

    private func ownKeys() throws(ZeroMQError) -> CurveKeyPair? {
        guard let path = values[.curve] else { return nil }
        let certificate = try CurveCertificate(text: ToolFile.text(path, isSecret: true))
        guard let secretKey = certificate.secretKey else {
            complain("\(path): there is no secret key in it", status: ExitCode.failure)
        }
        return CurveKeyPair(secretKey: secretKey)
    }

    private func readPublicKey(_ word: String) throws(ZeroMQError) -> CurvePublicKey {
        do throws(ZeroMQError) {
            return try CurvePublicKey(z85: word)
        } catch {
            return try CurveCertificate(text: ToolFile.text(word, isSecret: false)).publicKey
        }
    }

    private func readUsers(_ path: String) throws(ZeroMQError) -> [String: String] {
        var users: [String: String] = [:]
        for line in ToolFile.text(path, isSecret: true).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, users[String(parts[0])] == nil else {
                complain("\(path): every line is a user's USER:PASSWORD", status: ExitCode.failure)
            }
            users[String(parts[0])] = String(parts[1])
        }
        return users
    }
}
