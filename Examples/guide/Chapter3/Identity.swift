// Identity: what a ROUTER puts in front of a message, for a peer without a name and for one with.
//
//     two clients (REQ) ──▶ ROUTER
//
// Each line is a frame: the routing id, the empty frame that REQ sends, and the body.

import ZeroMQ

extension GuideProgram {
    static let identity = GuideProgram(
        name: "identity",
        pattern: "REQ, ROUTER",
        tryThis: "give both clients the same name",
        shows: "routing ids, made up and chosen",
        roles: [],
        play: {
            try await withSocket(RouterSocket()) { sink in
                let endpoint = try sink.bind("inproc://example")
                for name in ["", "PEER2"] {
                    try await withSocket(RequestSocket()) { client in
                        client.options.routingID = Frame(name)
                        try client.connect(endpoint)
                        let kind = name.isEmpty ? "a made up" : "a chosen"
                        try await client.send("ROUTER uses \(kind) routing id")
                        say("----------------------------------------")
                        for frame in try await sink.receive() { say("[\(frame.count)] \(frame)") }
                    }
                }
            }
        }
    )
}
