/// What went wrong in a call, in a form for programs and in words for people.
///
/// Compare `code` to decide what to do; show the error itself to people.
public struct ZeroMQError: Error, Sendable, Hashable {
    /// The kind of failure, for programs.
    public let code: Code
    /// What went wrong, in words.
    public let message: String
    /// The endpoint that was being used, if there was one.
    public let endpoint: Endpoint?
    /// The number the operating system gave, if it was the one to refuse.
    public let systemErrno: Int32?
    /// What could be done about it, if that is known.
    public let hint: String?
    /// Whether the request of the call that failed was sent; nil if the call makes no request.
    ///
    /// False: no peer has received it, and none will. True: the system had it, wholly or perhaps;
    /// whether it was carried out, or will be, is not known. To ask again is safe after false, and
    /// after true if carrying it out twice does no harm.
    public let wasSent: Bool?

    /// Makes an error, for programs that stand in for a socket, or wrap one.
    public init(
        _ code: Code,
        _ message: String,
        endpoint: Endpoint? = nil,
        systemErrno: Int32? = nil,
        hint: String? = nil,
        wasSent: Bool? = nil
    ) {
        self.code = code
        self.message = message
        self.endpoint = endpoint
        self.systemErrno = systemErrno
        self.hint = hint
        self.wasSent = wasSent
    }
}

extension ZeroMQError: CustomStringConvertible {
    /// The whole error in one line: code, sentence, endpoint, number and hint.
    public var description: String {
        var line = "\(code): \(message)"
        if let endpoint { line += " [\(endpoint)]" }
        if let systemErrno { line += " (errno \(systemErrno))" }
        if let hint { line += " — \(hint)" }
        // Names and paths come from outside and may hold anything, line ends included.
        return line.escapingControlCharacters
    }
}

extension ZeroMQError {
    /// The whole error in one line, for programs that log an error under this name.
    ///
    /// Where an error is known as `any Error` only, Foundation answers in its own words; import
    /// `ZeroMQFoundation` and it says this.
    public var localizedDescription: String { description }
}

extension ZeroMQError.Code {
    /// Whether an error is a `ZeroMQError` of this kind: so that `catch ZeroMQError.Code.timedOut`
    /// can be written where errors of other types may come as well.
    ///
    /// Disfavoured, or `case .timedOut` of a foreign error compared by value would mean this one.
    @_disfavoredOverload
    public static func ~= (code: Self, error: any Error) -> Bool {
        (error as? ZeroMQError)?.code == code
    }
}

extension String {
    /// The text with every control character written as an escape, so that it is one line.
    var escapingControlCharacters: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var escaped = ""
        for scalar in unicodeScalars {
            if scalar.isControl {
                escaped += scalar.escaped(asASCII: true)
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension Unicode.Scalar {
    /// Whether a terminal would obey this scalar, or end a line at it, instead of showing it.
    var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
