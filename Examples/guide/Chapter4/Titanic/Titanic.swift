// Titanic: requests on disk in front of Majordomo, so that client and worker need not meet.
//
// To clients it is three services, to workers a client (RFC 9). What it has taken is carried out,
// whatever is killed and restarted meanwhile: at least once, as RFC 7 expects of workers.

import Foundation
import Synchronization
import ZeroMQ

extension GuideProgram {
    static let titanic = GuideProgram(
        name: "titanic",
        pattern: "RFC 9",
        tryThis: "store a request, kill the service, start it again and a worker, fetch the reply",
        shows: "requests that outlive every process",
        roles: [
            Role(name: "service", arguments: "[broker] [folder] [heartbeat-ms]") { arguments in
                let folder = arguments.text(1, default: "titanic")
                try await Titanic.serve(
                    broker: arguments.broker,
                    store: TitanicStore(URL(fileURLWithPath: folder)),
                    beat: try arguments.milliseconds(2, default: 2500)
                )
            },
            Role(name: "store", arguments: "[broker] [service] [text]") { arguments in
                let service = Frame(arguments.text(1, default: "echo"))
                let request: Message = [service, Frame(arguments.text(2, default: "Hello"))]
                try await withSocket(RequestSocket()) { socket in
                    try socket.connect(arguments.broker)
                    say("store: \(try await Titanic.store(request, MajordomoClient(socket)))")
                }
            },
            Role(name: "fetch", arguments: "[broker] [id]") { arguments in
                let id = Frame(arguments.text(1, default: ""))
                try await withSocket(RequestSocket()) { socket in
                    try socket.connect(arguments.broker)
                    say("fetch: \(try await Titanic.fetch(id, MajordomoClient(socket)))")
                }
            },
        ],
        play: { try await Titanic.play() }
    )
}

extension Arguments {
    fileprivate var broker: String { text(0, default: "tcp://localhost:5555") }
}

private enum Titanic {
    // MARK: The client's side

    static func store(_ request: Message, _ client: MajordomoClient) async throws -> Frame {
        var answer = try await client.request("titanic.request", request) ?? ["no answer"]
        guard answer.popFirst() == "200", let id = answer.first else { throw Refused() }
        return id
    }

    /// Waits for the reply, takes it, and says that it is no longer needed.
    static func fetch(_ id: Frame, _ client: MajordomoClient) async throws -> Message {
        while true {
            var answer = try await client.request("titanic.reply", Message(id)) ?? ["300"]
            switch answer.popFirst() {
            case "200":
                _ = try await client.request("titanic.close", Message(id))
                return answer
            case "400": throw Refused()
            // Pending, or a trouble that may pass.
            default: try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private struct Refused: Error, CustomStringConvertible {
        var description: String { "client: Titanic does not know that request, or cannot store it" }
    }

    // MARK: The service's side

    /// The three services, and what passes requests on.
    static func serve(broker: String, store: TitanicStore, beat: Duration) async throws {
        let select = Select<Input>()
        let inbox = select.inbox
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            func offer(
                _ name: Frame,
                _ handle: @escaping @Sendable (Message) async throws -> Message
            ) {
                let worker = MajordomoWorker(broker: broker, service: name, beat: beat)
                group.addTask {
                    // However it ends: nothing else may wait for it in vain.
                    defer { inbox.post(.over) }
                    try await worker.run(handle)
                }
            }
            offer("titanic.request") { message in
                guard message.first?.isEmpty == false else { return "400" }
                guard let id = try? store.save(request: message) else { return "500" }
                say("titanic: stored \(id)")
                inbox.post(.stored(id))
                return ["200", Frame(id)]
            }
            offer("titanic.reply") { Self.reply(to: $0, from: store) }
            offer("titanic.close") { message in
                guard let id = TitanicStore.id(message) else { return "400" }
                return (try? store.remove(id)) == nil ? "500" : "200"
            }
            try await dispatch(select, store, broker: broker)
            try await group.next()
        }
    }

    private static func reply(to message: Message, from store: TitanicStore) -> Message {
        guard let id = TitanicStore.id(message), store.has(id) else { return "400" }
        do {
            return try store.reply(id).map { ["200"] + $0 } ?? "300"
        } catch {
            return "500"
        }
    }

    private enum Input {
        case stored(String)
        case retry
        case over
    }

    /// Passes on what is stored: at once, and once a second what nobody could do so far.
    private static func dispatch(
        _ select: Select<Input>,
        _ store: TitanicStore,
        broker: String
    ) async throws {
        try await withSocket(RequestSocket(), linger: .discard) { socket in
            try socket.connect(broker)
            let client = MajordomoClient(socket)
            var waiting = try store.pending()
            say("titanic: \(waiting.count) requests wait")
            select.every(.seconds(1)) { .retry }
            select.inbox.post(.retry)
            for try await input in select {
                var due = waiting
                switch input {
                case .over: return
                case .retry: break
                case .stored(let id): (due, waiting) = ([id], waiting + [id])
                }
                for id in due where try await isDone(id, store, client) {
                    waiting.removeAll { $0 == id }
                }
            }
        }
    }

    /// Has a request carried out, if a worker is there for it.
    private static func isDone(
        _ id: String,
        _ store: TitanicStore,
        _ client: MajordomoClient
    ) async throws -> Bool {
        // Closed before it was carried out.
        guard var request = try store.request(id), let service = request.popFirst() else {
            return true
        }
        guard try await client.request("mmi.service", Message(service)) == "200",
            let reply = try await client.request(service, request)
        else { return false }
        try store.save(reply: reply, to: id)
        say("titanic: answered \(id)")
        return true
    }

    // MARK: All together

    static func play() async throws {
        let name = "titanic-\(UUID().uuidString)"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try TitanicStore(folder)
        let beat = Duration.milliseconds(200)
        try await withSockets(RouterSocket(), RequestSocket()) { router, requester in
            let broker = "\(try Majordomo.bind(router, at: "tcp://127.0.0.1:*"))"
            try requester.connect(broker)
            let client = MajordomoClient(requester)
            let service: @Sendable () async throws -> Void = {
                try await serve(broker: broker, store: store, beat: beat)
            }
            try await playing(together: [{ try await Majordomo.serve(router, beat: beat) }]) {
                let ids = Mutex<[Frame]>([])
                try await playing(together: [service]) {
                    for number in 1...3 {
                        let id = try await Titanic.store(["echo", "request \(number)"], client)
                        ids.withLock { $0.append(id) }
                    }
                }
                say("(Titanic is gone; a worker comes)")
                let worker = MajordomoWorker(broker: broker, service: "echo", beat: beat)
                try await playing(together: [service, { try await worker.run { $0 } }]) {
                    for id in ids.withLock({ $0 }) {
                        say("client: reply \(try await fetch(id, client))")
                    }
                }
            }
        }
        say("client: \(try store.pending().count) requests are left")
    }
}
