// Chat: rooms that not everybody may hear, and not everybody may speak in.
//
// What is said goes to a ROUTER, and what is heard comes from an XPUB, which gives a subscriber
// what the server grants and not what it asks for. Who a visitor is, the handshake has found out.

import Foundation
import ZeroMQ

extension GuideProgram {
    static let chat = GuideProgram(
        name: "chat",
        pattern: "XPUB, SUB, DEALER, ROUTER",
        tryThis: "let `bob builder` visit `staff/`, or alice with a wrong password",
        shows: "rights by user and topic, with PLAIN, notices and their metadata",
        roles: [
            Role(name: "server", arguments: "[hear] [speak]") { arguments in
                try await withSockets(XPublisherSocket(), RouterSocket(), linger: .discard) {
                    mouth,
                    ears in
                    Chat.secure(mouth, ears)
                    let hear = try mouth.bind(arguments.text(0, default: "tcp://*:7001"))
                    say("server: heard at \(hear)")
                    let speak = try ears.bind(arguments.text(1, default: "tcp://*:7002"))
                    say("server: hears at \(speak)")
                    try await Chat.serve(mouth, ears)
                }
            },
            Role(
                name: "user",
                arguments: "[hear] [speak] [name] [password] [room] [line …]"
            ) { arguments in
                let user = ChatUser(
                    name: arguments.text(2, default: "alice"),
                    password: arguments.text(3, default: "wonder"),
                    hear: arguments.text(0, default: "tcp://localhost:7001"),
                    speak: arguments.text(1, default: "tcp://localhost:7002")
                )
                let room = Frame(arguments.text(4, default: "all/"))
                try await user.visit(room, saying: arguments.rest(from: 5, default: [])) { _, _ in
                    .listen
                }
            },
        ],
        play: {
            try await withSockets(XPublisherSocket(), RouterSocket(), linger: .discard) {
                mouth,
                ears in
                Chat.secure(mouth, ears)
                let hear = "\(try mouth.bind("tcp://127.0.0.1:*"))"
                let speak = "\(try ears.bind("tcp://127.0.0.1:*"))"
                let alice = ChatUser(name: "alice", password: "wonder", hear: hear, speak: speak)
                let bob = ChatUser(name: "bob", password: "builder", hear: hear, speak: speak)
                try await playing(together: [
                    { try await Chat.serve(mouth, ears) },
                    {
                        try await alice.visit("staff/", saying: ["Not for bob"]) { _, _ in .listen }
                    },
                    {
                        try await alice.visit("all/", saying: ["I am here"]) { speaker, _ in
                            speaker == "bob" ? .say("Hello, bob") : .listen
                        }
                    },
                ]) {
                    try await bob.visit("staff/", saying: ["Let me in"]) { _, _ in .listen }
                    // Whichever of the two comes later is heard by the other one.
                    try await bob.visit("all/", saying: ["I am here"]) { speaker, _ in
                        speaker == "alice" ? .leave : .listen
                    }
                }
                say("bob: leaves")
            }
        }
    )
}

/// Who may do what.
private struct ChatRights {
    static let passwords = ["alice": "wonder", "bob": "builder"]
    /// A room ends with a slash, so that none is the beginning of another one.
    private let rooms: [Frame: Set<String>] = ["all/": ["alice", "bob"], "staff/": ["alice"]]

    func mayEnter(_ user: String, _ room: Frame) -> Bool { rooms[room]?.contains(user) ?? false }
}

private enum Chat {
    enum Input {
        case notice(Message)
        case line(Message)
    }

    /// Over a network CURVE belongs here: PLAIN shows its passwords to every listener.
    static func secure(_ mouth: XPublisherSocket, _ ears: RouterSocket) {
        for socket in [mouth, ears] as [any ReceivingSocket] {
            socket.options.security = .plainServer
            socket.options.authenticator = .passwords(ChatRights.passwords)
            socket.describesMessages = true
        }
        mouth.isManual = true
    }

    static func serve(_ mouth: XPublisherSocket, _ ears: RouterSocket) async throws {
        let select = Select<Input>()
        select.add(mouth) { .notice($0) }
        select.add(ears) { .line($0) }
        let rights = ChatRights()
        for try await input in select {
            switch input {
            case .notice(let notice): try await admit(notice, rights, mouth)
            case .line(let line): try await spread(line, rights, mouth)
            }
        }
    }

    /// A visitor wants to hear a room, or no longer.
    private static func admit(
        _ notice: Message,
        _ rights: ChatRights,
        _ mouth: XPublisherSocket
    ) async throws {
        guard let frame = notice.first, let wish = frame.first else { return }
        let (room, user) = (Frame(frame.dropFirst()), notice.metadata?.userID ?? "a stranger")
        guard wish == 1 else { return try mouth.revoke(room) }
        guard rights.mayEnter(user, room) else {
            return say("server: \(user) may not hear \(room)")
        }
        try mouth.grant(room)
        // To this one alone; it tells the user that nothing is missed from now on.
        try mouth.sendNextToLastNoticed()
        try await mouth.send([room, "server", Frame("welcome, \(user)")])
    }

    private static func spread(
        _ line: Message,
        _ rights: ChatRights,
        _ mouth: XPublisherSocket
    ) async throws {
        guard line.count == 3, let room = line.frame(at: 1), let text = line.frame(at: 2) else {
            return
        }
        // Not what the line says of its speaker, but what the handshake has proved.
        let user = line.metadata?.userID ?? "a stranger"
        guard rights.mayEnter(user, room) else {
            return say("server: \(user) may not speak in \(room)")
        }
        try await mouth.send([room, Frame(user), text])
    }
}

/// A visitor of rooms.
private struct ChatUser {
    enum Reaction {
        case listen
        case say(String)
        case leave
    }

    let name: String
    let password: String
    let hear: String
    let speak: String

    /// Hears a room, and speaks there, until `react` says that it is enough.
    func visit(
        _ room: Frame,
        saying lines: [String],
        _ react: (_ speaker: String, _ line: String) -> Reaction
    ) async throws {
        try await withSockets(SubscriberSocket(), DealerSocket(), linger: .wait(upTo: .seconds(1)))
        {
            ears,
            mouth in
            for socket in [ears, mouth] as [any ReceivingSocket] {
                socket.options.security = .plainClient(user: name, password: password)
                socket.options.throwsWhenRefused = true
            }
            try ears.subscribe(room)
            try ears.connect(hear)
            try mouth.connect(speak)
            let isIn = try await ears.receive(within: .seconds(1)) != nil
            say("\(name): \(isIn ? "is in" : "hears nothing from") \(room)")
            for line in lines { try await mouth.send([room, Frame(line)]) }
            guard isIn else { return }
            for try await message in ears.messages {
                guard let speaker = message.frame(at: 1).map({ String($0) }),
                    let line = message.frame(at: 2).map({ String($0) }), speaker != name
                else { continue }
                say("\(name) in \(room): \(speaker): \(line)")
                switch react(speaker, line) {
                case .listen: break
                case .say(let answer): try await mouth.send([room, Frame(answer)])
                case .leave: return
                }
            }
        }
    }
}
