import CLibrary
import ToolSupport
import ZeroMQ

/// What the program does with its socket until its end.
struct Conversation: Sendable {
    let socket: any Socket
    let arguments: Arguments

    func run() throws(ZeroMQError) {
        let receiver = socket as? any ReceivingSocket
        let sender = socket as? any SendingSocket
        switch (arguments.kind, receiver, sender) {
        case (.req, let receiver?, let sender?): try ask(sender, receiver)
        case (.rep, let receiver?, let sender?): try answer(receiver, sender)
        case (_, let receiver?, let sender?):
            startThread {
                do throws(ZeroMQError) {
                    _ = try sendLines(sender, upTo: nil)
                } catch {
                    // After Ctrl-C the other thread ends the program.
                    if error.code != .contextShutDown, error.code != .socketClosed {
                        end(with: error, usage: usage)
                    }
                }
            }
            try printAll(receiver)
        case (_, let receiver?, nil): try printAll(receiver)
        case (_, nil, let sender?): _ = try sendLines(sender, upTo: arguments.count)
        case (_, nil, nil): break
        }
    }

    // MARK: Patterns

    private func ask(
        _ sender: any SendingSocket,
        _ receiver: any ReceivingSocket
    ) throws(ZeroMQError) {
        var count = 0
        while count < arguments.count ?? .max, let message = nextLine() {
            try send(message, sender)
            show(try receive(receiver))
            count += 1
        }
    }

    private func answer(
        _ receiver: any ReceivingSocket,
        _ sender: any SendingSocket
    ) throws(ZeroMQError) {
        var count = 0
        while count < arguments.count ?? .max {
            let request = try receive(receiver)
            show(request)
            guard let answer = arguments.echoes ? request : nextLine() else { return }
            try send(answer, sender)
            count += 1
        }
    }

    private func printAll(_ receiver: any ReceivingSocket) throws(ZeroMQError) {
        var count = 0
        while count < arguments.count ?? .max {
            show(try receive(receiver))
            count += 1
        }
    }

    private func sendLines(
        _ sender: any SendingSocket,
        upTo most: Int?
    ) throws(ZeroMQError) -> Int {
        if let publisher = sender as? PublisherSocket {
            try publisher.waitForPeers(atLeast: 1, timeout: arguments.timeout)
        }
        var count = 0
        while count < most ?? .max, let message = nextLine() {
            if count == 0, let publisher = sender as? PublisherSocket {
                let topic = message.first ?? Frame()
                try publisher.waitForSubscribers(
                    atLeast: 1,
                    to: topic,
                    timeout: arguments.timeout
                )
            }
            try send(message, sender)
            count += 1
        }
        return count
    }

    // MARK: Steps

    private func nextLine() -> Message? {
        while let line = readLine() {
            if let message = Line.message(line) { return message }
            note("a line with a wrong escape was left out")
        }
        return nil
    }

    private func send(_ message: Message, _ sender: any SendingSocket) throws(ZeroMQError) {
        if let timeout = arguments.timeout {
            try sender.send(message, timeout: timeout)
        } else {
            try sender.send(message)
        }
    }

    private func receive(_ receiver: any ReceivingSocket) throws(ZeroMQError) -> Message {
        if let timeout = arguments.timeout { return try receiver.receive(timeout: timeout) }
        return try receiver.receive()
    }

    private func show(_ message: Message) {
        print(arguments.printsHexadecimal ? Line.hexadecimal(message) : Line.text(message))
        fflush(nil)
    }
}
