// Secure publish–subscribe: a publisher encrypts for each of its subscribers, and knows them.
//
// Every subscriber has a key of its own. Those whose keys the publisher knows receive; a stranger is
// refused, and told so. Everything runs in one process, over tcp.

import Foundation
import ZeroMQ

/// Publishes until the subscribers have had enough, to those whose keys are in the table.
func publish(
    as keys: CurveKeyPair,
    to subscribers: [CurvePublicKey: String]
) throws(ZeroMQError) -> (PublisherSocket, Endpoint) {
    let publisher = PublisherSocket()
    publisher.options.security = .curveServer(keys)
    publisher.options.authenticator = .keys(subscribers)
    let endpoint = try publisher.bind("tcp://127.0.0.1:*")
    return (publisher, endpoint)
}

/// Connects with a key of one's own; the publisher's key has to be known beforehand.
func subscribe(
    as keys: CurveKeyPair,
    to endpoint: Endpoint,
    of publisher: CurvePublicKey
) throws(ZeroMQError) -> SubscriberSocket {
    let subscriber = SubscriberSocket()
    subscriber.options.security = .curveClient(keys, server: publisher)
    try subscriber.subscribe("weather")
    try subscriber.connect(endpoint)
    return subscriber
}

/// Waits for a peer to be let in or turned away, and says which.
func announceNext(of publisher: PublisherSocket) {
    while let event = publisher.events.next(timeout: .seconds(10)) {
        switch event {
        case .handshakeSucceeded(_, let peer):
            return print("publisher: \(peer.userID ?? "a nameless peer") was let in")
        case .handshakeFailed(_, _, let reason):
            return print("publisher: a stranger was turned away, \(reason)")
        default: break
        }
    }
}

func run() throws(ZeroMQError) {
    let (ours, alice, bob) = (try CurveKeyPair(), try CurveKeyPair(), try CurveKeyPair())
    let mallory = try CurveKeyPair()
    let (publisher, endpoint) = try publish(
        as: ours,
        to: [alice.publicKey: "alice", bob.publicKey: "bob"]
    )

    let first = try subscribe(as: alice, to: endpoint, of: ours.publicKey)
    announceNext(of: publisher)
    let second = try subscribe(as: bob, to: endpoint, of: ours.publicKey)
    announceNext(of: publisher)
    let stranger = try subscribe(as: mallory, to: endpoint, of: ours.publicKey)
    announceNext(of: publisher)

    try publisher.waitForSubscribers(atLeast: 2, to: "weather")
    for number in 1...3 { try publisher.send(["weather", Frame("report \(number)")]) }
    for (name, subscriber) in [("alice", first), ("bob", second)] {
        for _ in 1...3 {
            let message = try subscriber.receive(timeout: .seconds(10))
            print("\(name): received \(String(message[1]))")
        }
    }
    print("mallory: received \(try stranger.tryReceive() == nil ? "nothing" : "something")")
}

@main
enum SecurePublishing {
    static func main() {
        guard CommandLine.arguments.count == 1 else {
            FileHandle.standardError.write(Data("usage: secure-pubsub\n".utf8))
            exit(64)
        }
        do throws(ZeroMQError) {
            try run()
            Context.shared.shutDown()
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }
}
