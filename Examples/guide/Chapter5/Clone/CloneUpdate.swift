import Foundation
import ZeroMQ

/// One key and its value, in the five frames of RFC 12. An empty value says that the key is gone.
struct CloneUpdate {
    let key: String
    /// Counted by the server; 0 in what clients send.
    var sequence: UInt64 = 0
    /// Names the update: it is known again when it comes a second time, or from another server.
    var id: Frame = ""
    var properties: [String: String] = [:]
    let value: Frame

    /// How long the value is valid.
    var timeToLive: Duration? { properties["ttl"].flatMap(Int.init).map { .seconds($0) } }

    static func newID() -> Frame { withUnsafeBytes(of: UUID().uuid) { Frame($0) } }

    /// What a server says when it has nothing else to say.
    static let stillHere = CloneUpdate(key: "HUGZ", value: "")
    /// The end of a snapshot, up to this sequence.
    static func end(at sequence: UInt64, of subtree: String) -> CloneUpdate {
        CloneUpdate(key: "KTHXBAI", sequence: sequence, value: Frame(subtree))
    }

    var message: Message {
        let lines = properties.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
        return [Frame(key), Frame(bigEndian: sequence), id, Frame(lines.joined()), value]
    }
}

extension CloneUpdate {
    /// Reads a message; nil if it is not of this form.
    init?(_ message: Message) {
        var rest = message
        guard rest.count == 5,
            let key = rest.popFirst().flatMap({ String(validating: $0) }),
            let sequence = rest.popFirst()?.bigEndian(as: UInt64.self),
            let id = rest.popFirst(), let lines = rest.popFirst(), let value = rest.popFirst()
        else { return nil }
        (self.key, self.sequence, self.id, self.value) = (key, sequence, id, value)
        for line in String(lines).split(separator: "\n") {
            let sides = line.split(separator: "=", maxSplits: 1).map(String.init)
            if let name = sides.first, sides.count == 2 { properties[name] = sides.last }
        }
    }
}

/// The three places of one server, and a fourth where it tells its backup how it is.
struct CloneAddress: Sendable {
    private let endpoint: @Sendable (Int) -> String

    static func tcp(_ host: String, _ port: Int) -> CloneAddress {
        CloneAddress { "tcp://\(host):\(port + $0)" }
    }

    static func inproc(_ name: String) -> CloneAddress {
        CloneAddress { "inproc://\(name)-\($0)" }
    }

    var snapshots: String { endpoint(0) }
    var updates: String { endpoint(1) }
    var collector: String { endpoint(2) }
    var states: String { endpoint(3) }
}
