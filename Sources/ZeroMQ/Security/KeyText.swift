internal import ZeroMQCrypto

/// Keys as text, and what is wrong with a text that is none.
enum KeyText {
    static func encode(_ bytes: Bytes32) -> String {
        String(decoding: bytes.array.withUnsafeBytes { Z85.encode($0) }, as: UTF8.self)
    }

    static func decode(_ text: String) throws(ZeroMQError) -> Bytes32 {
        let bytes: [UInt8]
        do throws(Z85.Fault) {
            bytes = try Z85.decode(text.utf8)
        } catch {
            throw refusal(sentence(error))
        }
        guard let key = Bytes32(bytes) else { throw refusal(sentence(.length(text.utf8.count))) }
        return key
    }

    static func take(_ bytes: [UInt8]) throws(ZeroMQError) -> Bytes32 {
        guard let key = Bytes32(bytes) else { throw refusal("it has \(bytes.count) bytes") }
        return key
    }

    /// The text itself is not shown: it may be most of a secret.
    private static func refusal(_ fault: String) -> ZeroMQError {
        ZeroMQError(
            .invalidKey,
            "this is no CURVE key: \(fault)",
            hint: "a key is 32 bytes, or 40 characters of Z85"
        )
    }

    private static func sentence(_ fault: Z85.Fault) -> String {
        switch fault {
        case .empty: "it is empty"
        case .length(let count): "it has \(count) characters"
        case .character(let place): "character \(place + 1) does not belong to Z85"
        case .tooGreat(let place): "the group at character \(place + 1) is too great"
        }
    }
}
