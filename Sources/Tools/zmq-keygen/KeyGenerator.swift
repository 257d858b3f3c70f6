// zmq-keygen: makes a CURVE key pair, as two certificates in CZMQ's format or as text.

import CLibrary
import ToolSupport
import ZeroMQ

let usageText = """
    usage: zmq-keygen                   prints a new pair as Z85 text, public key first
           zmq-keygen FILE [NAME]       writes FILE, to be given away, and FILE_secret, to be kept

    """

@main
enum KeyGenerator {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count <= 2, words.first?.hasPrefix("-") != true, words.first != "" else {
            complain(usageText, status: ExitCode.usage)
        }
        do throws(ZeroMQError) {
            let pair = try CurveKeyPair()
            guard let path = words.first else {
                return print("public-key = \(pair.publicKey)\nsecret-key = \(pair.secretKey.z85)")
            }
            write(pair, to: path, name: words.count == 2 ? words[1] : nil)
        } catch {
            complain("zmq-keygen: \(error)", status: ExitCode.failure)
        }
    }

    /// Writes both files or neither; the secret one is for this user's eyes from the beginning.
    private static func write(_ pair: CurveKeyPair, to path: String, name: String?) {
        let certificate = CurveCertificate(
            publicKey: pair.publicKey,
            secretKey: pair.secretKey,
            metadata: name.map { ["name": $0] } ?? [:]
        )
        let secret = NewFile("\(path)_secret", mode: 0o600)
        var files = [secret]
        do throws(FileTrouble) {
            try secret.create()
            let given = NewFile(path, mode: 0o644)
            try given.create()
            files.append(given)
            try secret.write(certificate.text(withSecretKey: true))
            try given.write(certificate.text())
        } catch {
            // A key without its other half would be in the way of the next attempt.
            for file in files { file.remove() }
            complain("zmq-keygen: \(error)", status: ExitCode.failure)
        }
        print("\(path) may be given away; keep \(path)_secret. Public key: \(pair.publicKey)")
    }
}
