import LibZMQ
import Testing
import ZeroMQ
import ZeroMQProtocol

/// One side of a conversation, whichever library it belongs to.
protocol Speaker: AnyObject {
    var kind: SocketKind { get }
    func bind(_ endpoint: String) throws -> String
    func connect(_ endpoint: String) throws
    func send(_ frames: [[UInt8]]) throws
    /// The next message, or nil if none came in time.
    func receive(timeout: Duration) throws -> [[UInt8]]?
    func close()
}

/// A socket of this library.
final class OurSpeaker: Speaker {
    let kind: SocketKind
    let socket: any Socket
    private let context = ZeroMQ.Context()

    init(_ kind: SocketKind, id: [UInt8]) throws {
        self.kind = kind
        socket =
            switch kind {
            case .pair: PairSocket(context: context)
            case .publisher: PublisherSocket(context: context)
            case .subscriber: SubscriberSocket(context: context)
            case .request: RequestSocket(context: context)
            case .reply: ReplySocket(context: context)
            case .dealer: DealerSocket(context: context)
            case .router: RouterSocket(context: context)
            case .pull: PullSocket(context: context)
            case .push: PushSocket(context: context)
            case .xPublisher: XPublisherSocket(context: context)
            case .xSubscriber: XSubscriberSocket(context: context)
            case .stream: StreamSocket(context: context)
            }
        socket.options.routingID = Frame(id)
        try (socket as? SubscriberSocket)?.subscribe()
        try (socket as? XSubscriberSocket)?.send(Message([1] as [UInt8]))
    }

    func bind(_ endpoint: String) throws -> String { try socket.bind(endpoint).description }
    func connect(_ endpoint: String) throws { try socket.connect(endpoint) }

    func send(_ frames: [[UInt8]]) throws {
        let sender = try #require(socket as? any SendingSocket)
        try sender.send(Message(frames: frames.map { Frame($0) }), timeout: .seconds(20))
    }

    func receive(timeout: Duration) throws -> [[UInt8]]? {
        let receiver = try #require(socket as? any ReceivingSocket)
        let message: Message
        do throws(ZeroMQError) {
            message = try receiver.receive(timeout: timeout)
        } catch {
            if error.code == .timedOut { return nil }
            throw error
        }
        return message.map { frame in frame.withUnsafeBytes { Array($0) } }
    }

    func close() { context.shutDown() }
}

/// A socket of libzmq.
final class TheirSpeaker: Speaker {
    let kind: SocketKind
    private let context: LibZMQ.Context
    let socket: LibZMQ.Socket

    init(_ kind: SocketKind, id: [UInt8], in context: LibZMQ.Context? = nil) throws {
        self.kind = kind
        self.context = try context ?? LibZMQ.load().makeContext()
        let theirKind = try #require(LibZMQ.Kind(rawValue: Int32(kind.rawValue)))
        socket = try self.context.socket(theirKind)
        try socket.set(.linger, 0)
        try socket.set(.sendTimeout, 20_000)
        if kind == .subscriber { try socket.set(.subscribe, bytes: []) }
        if kind == .router { try socket.set(.routerIsMandatory, 1) }
        if [.request, .dealer, .router].contains(kind) { try socket.set(.routingID, bytes: id) }
    }

    func bind(_ endpoint: String) throws -> String { try socket.bind(endpoint) }

    func connect(_ endpoint: String) throws {
        try socket.connect(endpoint)
        if kind == .xSubscriber { try socket.send([[1]]) }
    }

    func send(_ frames: [[UInt8]]) throws {
        // A ROUTER knows its peer only once the handshake is complete; until then it says so.
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            do throws(LibZMQ.Failure) {
                return try socket.send(frames)
            } catch {
                let isUnknown = error.number == LibZMQ.ErrorNumber.hostUnreachable
                guard isUnknown, ContinuousClock.now < deadline else { throw error }
            }
        }
    }

    func receive(timeout: Duration) throws -> [[UInt8]]? { try socket.receive(timeout: timeout) }

    func subscribeIfNeeded() throws {
        if kind == .xSubscriber { try socket.send([[1]]) }
    }

    func close() {
        socket.close()
        try? context.terminate()
    }
}
