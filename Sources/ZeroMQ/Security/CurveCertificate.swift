/// A key with notes on its owner, in the text format of CZMQ's certificates.
///
///     metadata
///         name = "Alice"
///     curve
///         public-key = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
///
/// A file with a `secret-key` beside the `public-key` belongs to the owner alone.
public struct CurveCertificate: Sendable, Hashable {
    /// The owner's public key.
    public var publicKey: CurvePublicKey
    /// The owner's secret key, if the file held one.
    public var secretKey: CurveSecretKey?
    /// Notes by name, such as the owner's.
    public var metadata: [String: String]

    /// Makes a certificate of keys and notes.
    public init(
        publicKey: CurvePublicKey,
        secretKey: CurveSecretKey? = nil,
        metadata: [String: String] = [:]
    ) {
        self.publicKey = publicKey
        self.secretKey = secretKey
        self.metadata = metadata
    }

    /// Reads the text of a certificate.
    /// - Throws: `invalidKey` if there is no public key in it, or one of the keys is none.
    public init(text: String) throws(ZeroMQError) {
        let entries = ZPLText.entries(of: text)
        guard let publicText = entries["curve/public-key"] else {
            throw ZeroMQError(.invalidKey, "the certificate has no public-key under curve")
        }
        publicKey = try CurvePublicKey(z85: publicText)
        secretKey =
            if let secretText = entries["curve/secret-key"] {
                try CurveSecretKey(z85: secretText)
            } else {
                nil
            }
        let prefix = "metadata/"
        metadata = [:]
        for (path, value) in entries where path.hasPrefix(prefix) {
            metadata[String(path.dropFirst(prefix.count))] = value
        }
    }

    /// The certificate as text, with the secret key if asked for.
    public func text(withSecretKey: Bool = false) -> String {
        var lines = ["#   ZeroMQ CURVE certificate"]
        lines.append(
            withSecretKey
                ? "#   Do not give this file to anybody."
                : "#   This file may be given to anybody."
        )
        lines.append("metadata")
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            lines.append("    \(name) = \(ZPLText.quoted(value))")
        }
        lines.append("curve")
        lines.append("    public-key = \"\(publicKey.z85)\"")
        if withSecretKey, let secretKey {
            lines.append("    secret-key = \"\(secretKey.z85)\"")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// The little of ZPL, RFC 4, that certificates use: names, values, and nesting by four spaces.
enum ZPLText {
    /// Values by path; lines that are none are passed over.
    static func entries(of text: String) -> [String: String] {
        var entries: [String: String] = [:]
        var path: [Substring] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let content = line.drop { $0 == " " || $0 == "\t" }
            guard let first = content.first, first != "#" else { continue }
            let depth = (line.count - content.count) / 4
            let name = content.prefix { !" \t=#".contains($0) }
            guard depth <= path.count, !name.isEmpty else { continue }
            path.removeSubrange(depth...)
            path.append(name)
            let rest = content.dropFirst(name.count).drop { $0 == " " || $0 == "\t" }
            guard rest.first == "=" else { continue }
            let value = Self.value(rest.dropFirst().drop { $0 == " " || $0 == "\t" })
            entries[path.joined(separator: "/")] = value
        }
        return entries
    }

    /// A value in either kind of quotation marks, or bare up to a space or comment.
    private static func value(_ text: Substring) -> String {
        guard let mark = text.first, mark == "\"" || mark == "'" else {
            return String(text.prefix { !" \t#".contains($0) })
        }
        return String(text.dropFirst().prefix { $0 != mark })
    }

    /// There is no escape in this format: a value takes the quotation marks it does not contain.
    static func quoted(_ value: String) -> String {
        let line = value.filter { !$0.isNewline }
        return line.contains("\"") ? "'\(line.filter { $0 != "'" })'" : "\"\(line)\""
    }
}
