/// What an authenticator said of a peer that it let in.
final class Admission: Sendable {
    let userID: String?
    let publicKey: CurvePublicKey?
    let properties: [String: [UInt8]]

    init(userID: String?, publicKey: CurvePublicKey?, properties: [String: [UInt8]]) {
        self.userID = userID
        self.publicKey = publicKey
        self.properties = properties
    }
}
