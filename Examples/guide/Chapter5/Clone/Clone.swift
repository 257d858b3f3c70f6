// Clone: a table that a server and its clients share, with a backup server (models 1 to 6).
//
// The wire is that of RFC 12: a snapshot, then numbered updates; clients change the table too,
// follow a part of it, and set keys that expire. Two servers are a Binary Star.

import ZeroMQ

extension GuideProgram {
    static let clone = GuideProgram(
        name: "clone",
        pattern: "RFC 12",
        tryThis: "kill the primary while `set` and `watch` go on, and start it again",
        shows: "snapshots and updates without gap, subtrees, keys that expire, fail-over",
        roles: [
            Role(name: "server", arguments: "[port] [beat-ms]") { arguments in
                try await CloneServer(
                    own: .tcp("*", try arguments.number(0, default: 5556)),
                    pair: nil,
                    beat: try arguments.milliseconds(1, default: 1000)
                ).run()
            },
            server("primary", .primary, ports: (5556, 5566)),
            server("backup", .backup, ports: (5566, 5556)),
            Role(name: "watch", arguments: "[subtree] [silence-ms] [port …]") { arguments in
                let client = CloneClient(
                    servers: try arguments.servers(from: 2),
                    subtree: arguments.text(0, default: ""),
                    patience: try arguments.milliseconds(1, default: 5000)
                )
                try await client.follow { replica, update in
                    say("watch: " + Clone.describe(replica, update))
                    return true
                }
            },
            Role(name: "set", arguments: "[key] [value] [ttl-s] [port …]") { arguments in
                let (key, value) = (
                    arguments.text(0, default: "/a"), arguments.text(1, default: "1")
                )
                let seconds = try arguments.number(2, default: 0)
                try await CloneWriter(servers: try arguments.servers(from: 3))
                    .set(key, Frame(value), timeToLive: seconds == 0 ? nil : seconds)
                say("set: \(key) = \(value)")
            },
        ],
        play: { try await Clone.play() }
    )

    /// The role of one server of a pair.
    private static func server(
        _ name: String,
        _ role: BinaryStar.State,
        ports: (own: Int, other: Int)
    ) -> Role {
        Role(name: name, arguments: "[port] [other-port] [beat-ms]") { arguments in
            try await CloneServer(
                own: .tcp("*", try arguments.number(0, default: ports.own)),
                pair: (role, .tcp("localhost", try arguments.number(1, default: ports.other))),
                beat: try arguments.milliseconds(2, default: 1000)
            ).run()
        }
    }
}

extension Arguments {
    /// Servers on this machine, by their ports.
    fileprivate func servers(from index: Int) throws(WrongArguments) -> [CloneAddress] {
        let words = rest(from: index, default: ["5556", "5566"])
        var servers: [CloneAddress] = []
        for offset in words.indices {
            let port = try number(index + offset, default: offset == 0 ? 5556 : 5566)
            servers.append(.tcp("localhost", port))
        }
        return servers
    }
}

private enum Clone {
    static func describe(_ replica: CloneReplica, _ update: CloneUpdate?) -> String {
        guard let update else {
            return "snapshot of \(replica.entries.count) entries at \(replica.sequence)"
        }
        let what =
            update.value.isEmpty ? "\(update.key) is gone" : "\(update.key) = \(update.value)"
        return "\(what) at \(update.sequence)"
    }

    /// Both servers, one of which leaves, and a client that comes late.
    static func play() async throws {
        let (one, two) = (CloneAddress.inproc("clone-1"), CloneAddress.inproc("clone-2"))
        let beat = Duration.milliseconds(100)
        let primary = CloneServer(own: one, pair: (.primary, two), beat: beat)
        let backup = CloneServer(own: two, pair: (.backup, one), beat: beat)
        let writer = CloneWriter(servers: [one, two])
        @Sendable func client(_ subtree: String) -> CloneClient {
            CloneClient(servers: [one, two], subtree: subtree, patience: beat * 10)
        }
        try await playing(together: [{ try await backup.run() }]) {
            try await playing(together: [{ try await primary.run() }]) {
                for number in 1...5 { try await writer.set("/kept/\(number)", "\(number)") }
                try await writer.set("/other/1", "x")
                try await client("/kept/").follow { replica, _ in replica.entries.count < 5 }
                say("clone: a late client has all 5 entries of its subtree")
                // The backup has them too, or it could not take over.
                try await writer.set("/brief/1", "x", timeToLive: 1)
                try await client("/brief/").follow { replica, update in
                    update?.value.isEmpty != true
                }
                say("clone: an entry has expired")
            }
            say("(the primary is gone)")
            try await writer.set("/kept/6", "6")
            let replica = try await client("").follow { replica, _ in replica.entries.count < 7 }
            say("clone: \(replica.entries.count) entries at the backup, at \(replica.sequence)")
        }
    }
}
