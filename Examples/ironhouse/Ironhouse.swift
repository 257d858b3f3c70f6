// Ironhouse: client and server both prove who they are, and a directory says who may enter.
//
// The server reads its clients' certificates from a directory, as CZMQ's tools write them. A
// certificate that is put there lets its owner in at once; one that is taken away does not. What the
// certificate says of its owner comes with every message.

import Foundation
import ZeroMQ

/// Answers one request, naming who asked.
func answerOne(_ server: ReplySocket) throws(ZeroMQError) {
    let request = try server.receive(timeout: .seconds(10))
    let who = request.metadata?.userID ?? "nobody"
    print("server: \(who) says \(String(request))")
    try server.send(Message("Good day, \(who)"))
}

/// Connects as the owner of a certificate.
func enter(
    _ endpoint: Endpoint,
    as keys: CurveKeyPair,
    server: CurvePublicKey
) throws(ZeroMQError) -> RequestSocket {
    let client = RequestSocket()
    client.linger = .discard
    client.options.security = .curveClient(keys, server: server)
    try client.connect(endpoint)
    return client
}

/// The reason for which the next peer is refused; nil if it is let in.
func refusal(at server: ReplySocket) -> DisconnectReason? {
    while let event = server.events.next(timeout: .seconds(10)) {
        switch event {
        case .handshakeFailed(_, _, let reason): return reason
        case .handshakeSucceeded: return nil
        default: break
        }
    }
    return nil
}

func run(in directory: URL) throws {
    let (ours, alice) = (try CurveKeyPair(), try CurveKeyPair())
    let server = ReplySocket()
    server.describesMessages = true
    server.options.security = .curveServer(ours)
    server.options.authenticator = .certificates(inDirectory: directory.path)
    let endpoint = try server.bind("tcp://127.0.0.1:*")

    let early = try enter(endpoint, as: alice, server: ours.publicKey)
    if let reason = refusal(at: server) { print("server: refused, \(reason)") }
    early.close()

    let certificate = CurveCertificate(publicKey: alice.publicKey, metadata: ["name": "Alice"])
    let file = directory.appendingPathComponent("alice.cert")
    try certificate.text().write(to: file, atomically: true, encoding: .utf8)
    print("server: Alice's certificate is in the directory now")

    let client = try enter(endpoint, as: alice, server: ours.publicKey)
    try client.send("Hello")
    try answerOne(server)
    print("client: received \(String(try client.receive(timeout: .seconds(10))))")
}

@main
enum Ironhouse {
    static func main() {
        guard CommandLine.arguments.count == 1 else {
            FileHandle.standardError.write(Data("usage: ironhouse\n".utf8))
            exit(64)
        }
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("ironhouse-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(
                at: directory,
                withIntermediateDirectories: true
            )
            defer { try? FileManager.default.removeItem(at: directory) }
            try run(in: directory)
            Context.shared.shutDown()
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }
}
