/// What an authenticator said of a peer that it let in.
struct Admission: Sendable {
    var userID: String?
    var publicKey: CurvePublicKey?
    var properties: [String: [UInt8]] = [:]
}
