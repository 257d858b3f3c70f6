import Testing
import ZeroMQ

/// A PULL with a good PUSH.
func pullSubject(
    at transport: String,
    options: SocketOptions = SocketOptions(),
    mark: Limit = 1000
) throws -> Subject<PullSocket> {
    try Subject(
        { context in
            let socket = PullSocket(context: context)
            socket.receiveHighWaterMark = mark
            return socket
        },
        good: { PushSocket(context: $0) },
        at: transport,
        options: options,
        swap: { subject, tested, good, number in
            let message = Message("good \(number)")
            try good.send(message, timeout: .seconds(10))
            try awaitGood(message, at: tested, subject)
        }
    )
}

/// A PUB with a good SUB.
func publisherSubject(
    at transport: String,
    options: SocketOptions = SocketOptions()
) throws -> Subject<PublisherSocket> {
    try Subject(
        { PublisherSocket(context: $0) },
        good: { SubscriberSocket(context: $0) },
        at: transport,
        options: options,
        prepare: { tested, good in
            try good.subscribe("good")
            try tested.waitForSubscribers(atLeast: 1, to: "good", timeout: .seconds(10))
        },
        swap: { _, tested, good, number in
            try tested.send(Message("good \(number)"), timeout: .seconds(10))
            #expect(try good.receive(timeout: .seconds(10)) == Message("good \(number)"))
        }
    )
}

/// A ROUTER with a good DEALER: there and back.
func routerSubject(
    at transport: String,
    options: SocketOptions = SocketOptions(),
    allowsHandover: Bool = false
) throws -> Subject<RouterSocket> {
    try Subject(
        { context in
            let socket = RouterSocket(context: context)
            socket.allowsHandover = allowsHandover
            return socket
        },
        good: { DealerSocket(context: $0) },
        at: transport,
        options: options,
        swap: { subject, tested, good, number in
            let text = Frame("good \(number)")
            try good.send(Message(text), timeout: .seconds(10))
            while true {
                let message = try tested.receive(timeout: .seconds(10))
                guard message.count == 2, message[1] == text else {
                    subject.note(stranger: message)
                    continue
                }
                try tested.send(message, timeout: .seconds(10))
                break
            }
            #expect(try good.receive(timeout: .seconds(10)) == Message(text))
        }
    )
}

/// Receives until the good peer's message comes; everything else is a stranger's.
private func awaitGood<Tested: ReceivingSocket>(
    _ expected: Message,
    at socket: Tested,
    _ subject: Subject<Tested>
) throws {
    while true {
        let message = try socket.receive(timeout: .seconds(10))
        guard message != expected else { return }
        subject.note(stranger: message)
    }
}
