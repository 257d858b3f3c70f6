internal import ZeroMQ

/// The keys of encrypted cells: the same in every run and for both libraries, and no secret.
enum CurveKeys {
    static func server() throws -> CurveKeyPair { try pair(from: 1) }
    static func client() throws -> CurveKeyPair { try pair(from: 101) }

    private static func pair(from first: UInt8) throws -> CurveKeyPair {
        CurveKeyPair(secretKey: try CurveSecretKey(bytes: Array(first..<first + 32)))
    }
}
