import Foundation
import LibZMQ
import Testing

@Suite("Workers, clients and members of the guide's services", .serialized)
struct ServiceRolesTests {
    @Test(
        "one that waits for a server without an answer ends cleanly when it is interrupted",
        arguments: [
            ["majordomo", "worker"], ["majordomo", "client"], ["titanic", "service"],
            ["titanic", "store"], ["titanic", "fetch"], ["binary-star", "client"],
            ["bridge", "near"], ["bridge", "far"], ["presence", "member"], ["chat", "user"],
        ]
    )
    func interrupted(words: [String]) throws {
        try Peers.use { peers in
            // Takes the connection, and says nothing.
            let (listener, endpoint) = try peers.bound(.stream)
            let others: [String]
            switch words[0] {
            case "bridge": others = ["tcp://127.0.0.1:*"]
            case "binary-star", "chat": others = [endpoint]
            case "titanic": others = words[1] == "service" ? [Self.folder()] : []
            default: others = []
            }
            let program = try Program("guide", words + [endpoint] + others)
            _ = try listener.frames()
            program.interrupt()
            let ending = try program.ending()
            #expect(ending.status == 0)
            #expect(ending.errors == "")
        }
    }

    private static func folder() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("titanic-\(UUID())").path
    }
}
