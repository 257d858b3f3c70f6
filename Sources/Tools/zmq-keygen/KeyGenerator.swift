// zmq-keygen: makes a CURVE key pair, as two certificates in CZMQ's format or as text.

import Glibc
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

    /// Writes both files, of which the secret one is for this user's eyes from the beginning.
    private static func write(_ pair: CurveKeyPair, to path: String, name: String?) {
        let certificate = CurveCertificate(
            publicKey: pair.publicKey,
            secretKey: pair.secretKey,
            metadata: name.map { ["name": $0] } ?? [:]
        )
        create("\(path)_secret", mode: 0o600, certificate.text(withSecretKey: true))
        create(path, mode: 0o644, certificate.text())
        print("\(path) may be given away; keep \(path)_secret. Public key: \(pair.publicKey)")
    }

    /// Makes a file that must not be there yet: a key that was overwritten is gone for ever.
    private static func create(_ path: String, mode: mode_t, _ text: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else {
            complain(
                "zmq-keygen: \(path): \(String(cString: strerror(errno)))",
                status: ExitCode.failure
            )
        }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else {
                complain(
                    "zmq-keygen: \(path): \(String(cString: strerror(errno)))",
                    status: ExitCode.failure
                )
            }
            rest = rest.dropFirst(max(0, count))
        }
        guard close(descriptor) == 0 else {
            complain(
                "zmq-keygen: \(path): \(String(cString: strerror(errno)))",
                status: ExitCode.failure
            )
        }
    }
}
