import Foundation
import Testing
import ZeroMQ

@Suite("Keys and certificates")
struct KeyTests {
    private static let publicText = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
    private static let secretText = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"

    @Test("keys go between text, bytes and pairs")
    func forms() throws {
        let secret = try CurveSecretKey(z85: Self.secretText)
        let pair = CurveKeyPair(secretKey: secret)
        #expect(pair.publicKey.z85 == Self.publicText)
        #expect(try CurvePublicKey(bytes: pair.publicKey.bytes) == pair.publicKey)
        #expect(secret.z85 == Self.secretText)
        #expect(try CurveKeyPair() != CurveKeyPair())
    }

    @Test("texts that are no keys are refused without being shown")
    func refusals() {
        for text in ["", "abc", String(Self.publicText.dropLast()), Self.publicText + "0"] {
            #expect(code { _ = try CurvePublicKey(z85: text) } == .invalidKey)
        }
        let wrong = Self.secretText.dropLast() + "~"
        do {
            _ = try CurveSecretKey(z85: String(wrong))
            Issue.record("the text was taken for a key")
        } catch {
            #expect(error.code == .invalidKey)
            #expect(error.message.contains("character 40"))
            #expect(!error.description.contains("D:)Q"))
        }
        #expect(code { _ = try CurvePublicKey(bytes: [1, 2, 3]) } == .invalidKey)
    }

    @Test("nothing that holds a secret shows it")
    func redaction() throws {
        let pair = CurveKeyPair(secretKey: try CurveSecretKey(z85: Self.secretText))
        var options = SocketOptions()
        options.security = .curveServer(pair)
        var other = SocketOptions()
        other.security = .plainClient(user: "alice", password: "opensesame")
        var text = "\(pair) \(options) \(other) \(String(reflecting: options))"
        dump(pair, to: &text)
        dump(options, to: &text)
        dump(other, to: &text)
        #expect(text.contains("redacted"))
        #expect(!text.contains("D:)Q"))
        #expect(!text.contains("opensesame"))
    }

    @Test("a certificate of CZMQ's making is read, and ours reads the same")
    func certificates() throws {
        let text = """
            #   ****  Generated on 2015-03-04 by CZMQ  ****
            #   ZeroMQ CURVE Public Certificate

            metadata
                name = "Alice of \\"Wonder\\""
                email = alice@example.org # home
            curve
                public-key = "\(Self.publicText)"
            """
        let certificate = try CurveCertificate(text: text)
        #expect(certificate.publicKey.z85 == Self.publicText)
        #expect(certificate.secretKey == nil)
        #expect(certificate.metadata["email"] == "alice@example.org")
        var ours = certificate
        ours.metadata = ["name": "O'Hara", "note": "a = b # c"]
        ours.secretKey = try CurveSecretKey(z85: Self.secretText)
        #expect(try CurveCertificate(text: ours.text(withSecretKey: true)) == ours)
        #expect(!ours.text().contains(Self.secretText))
        #expect(code { _ = try CurveCertificate(text: "metadata\n") } == .invalidKey)
    }

    @Test("a directory of certificates is read again when it changes")
    func directory() throws {
        let path = NSTemporaryDirectory() + "certificates-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let server = try CurveKeyPair()
        let client = try CurveKeyPair()
        func rig(_ context: Context) throws -> SecurityRig {
            try SecurityRig(
                context,
                server: .curveServer(server),
                client: .curveClient(client, server: server.publicKey),
                authenticator: .certificates(inDirectory: path)
            )
        }
        try inContext { context in
            let refused = DisconnectReason.authenticationRefused(code: "400")
            #expect(try rig(context).refusalAtServer() == refused)
            let certificate = CurveCertificate(
                publicKey: client.publicKey,
                metadata: ["name": "Alice"]
            )
            try "nonsense".write(toFile: path + "/other", atomically: true, encoding: .utf8)
            try certificate.text().write(
                toFile: path + "/alice.txt",
                atomically: true,
                encoding: .utf8
            )
            let metadata = try rig(context).talk()
            #expect(metadata?.userID == "Alice")
            #expect(metadata?["name"] == "Alice")
            try FileManager.default.removeItem(atPath: path + "/alice.txt")
            #expect(try rig(context).refusalAtServer() == refused)
            try FileManager.default.removeItem(atPath: path)
            let failed = DisconnectReason.authenticationRefused(code: "500")
            #expect(try rig(context).refusalAtServer() == failed)
        }
    }
}
