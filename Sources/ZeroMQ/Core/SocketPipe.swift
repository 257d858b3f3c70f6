internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The socket's end of a pipe: a stream to the peer, a stream from it, and their state.
///
/// The far end is a `SessionPipe` on an event loop or, over inproc, another socket's `SocketPipe`.
final class SocketPipe: @unchecked Sendable {
    // Sendable because every mutable part is guarded by one of the socket's two gates, as noted.
    // `core` is set before the pipe is attached, and only an attached pipe signals its socket.

    let outbound: WireStream
    let inbound: WireStream
    /// The streams that the socket itself uses: those of the pipe, or the shelves in front of them.
    private(set) var outlet: WireStream
    private(set) var inlet: WireStream
    private var shelfBell: ShelfBell?
    private(set) var core: SocketCore?

    // Guarded by the send gate.

    /// The other end of the pipe, retained by the event loop or the other socket. Set once.
    weak var farEnd: (any PipeFarEnd)?
    /// Over inproc: what the pipe knows of the other socket. Set once.
    var inproc: InprocEnd?
    /// Messages in the outbound stream that the application did not send, or that are in it twice.
    var surplusMessages = 0
    /// Index in the list of all pipes, or -1.
    var listIndex = -1
    /// Index in the pattern's list of pipes, or -1.
    var sendIndex = -1
    /// The name under which ROUTER, REP and STREAM know the peer.
    var routingID: Frame?
    /// Nothing more is sent through the pipe. What it holds is still sent; what arrives is
    /// received.
    var isRetired = false
    /// The far end has gone for good: letters that still come from it are ignored.
    var hasLeft = false
    /// PAIR: the pipe holds the place of the one peer, but nothing is sent through it before the
    /// peer has come. Set before the pipe is attached.
    var awaitsPeer = false
    /// How many messages were unsent when the pipe left. Set before the receiving side is told,
    /// which may read it from then on.
    var leftUnsent = 0
    /// STREAM: the application has asked to close the connection.
    var isBeingClosed = false
    /// The peer's number in a publisher's subscription table, or -1.
    var subscriber = -1
    /// Tells the peer from earlier ones with the same number or the same pipe.
    var peerNumber: UInt64 = 0
    /// XPUB: this peer's notices that the application has not received, in manual mode.
    var requestedGrants = 0
    /// The total size of their topics in bytes.
    var requestedGrantBytes = 0
    /// Conflating: the newest message, for which there is no room yet.
    var waitingMessage: Message? {
        get { shelfBell?.waitingMessage }
        set { shelfBell?.waitingMessage = newValue }
    }

    // Guarded by the receive gate.

    /// The high-water mark of the inbound stream, as its reader was last told.
    var inboundMark: Int
    /// Index in the fair queue, or -1.
    var receiveIndex = -1
    /// The peer that sent the next message, for metadata; nil before the first handshake completes.
    /// Below: the peers that came after it, oldest first.
    var peer: PeerDescription?
    var laterPeers: [PeerDescription] = []
    /// Conflating: the peer that sent the message on the shelf.
    var shelvedSender: PeerDescription? {
        get { shelfBell?.shelvedSender }
        set { shelfBell?.shelvedSender = newValue }
    }
    /// REQ: the pipe's request was given up, so messages that arrive through it are no replies.
    var isGivenUp = false
    /// Set when nothing more will arrive: the pipe leaves the fair queue once it is empty. The
    /// value numbers the departing pipes in order.
    var departure: UInt64?

    /// The name given with ZMQ_CONNECT_ROUTING_ID, which overrides the name the peer announces; at
    /// a STREAM without one, a name made by this side.
    var givenRoutingID: Frame? { givenName.map { Frame($0) } }
    /// Kept as bytes: most pipes have no name, and a frame reserves room for thirty bytes.
    private let givenName: [UInt8]?

    /// Publishers: changes of subscription on their way from the peer's connection to the socket.
    let arrivedChanges: ArrivedChanges?

    private let readable = Letter(.readable)
    private let room = Letter(.room)

    init(
        outbound: WireStream,
        inbound: WireStream,
        givenRoutingID: Frame? = nil,
        takesSubscriptions: Bool = false
    ) {
        self.outbound = outbound
        self.inbound = inbound
        // Safe to read here, because neither end is in use yet.
        inboundMark = inbound.writer.pointee.highWaterMark
        givenName = givenRoutingID.map { Array($0) }
        arrivedChanges = takesSubscriptions ? ArrivedChanges() : nil
        (outlet, inlet) = (outbound, inbound)
    }

    /// Makes the pipe keep only the newest message. Called before the pipe is attached.
    func conflate() {
        let bell = ShelfBell()
        outlet = WireStream(highWaterMark: 0, readerRetains: false)
        outlet.consumer = bell
        inlet = WireStream(highWaterMark: 0, readerRetains: false)
        shelfBell = bell
        bell.pipe = self
        // The shelf is empty. Asleep, it announces its first message.
        _ = outlet.reader.pointee.sleep()
    }

    /// How many messages the application has sent here.
    var sentCount: Int {
        // The application has sent what a shelf holds.
        outlet.writer.pointee.sentCount - (conflates ? 0 : surplusMessages)
    }

    /// Whether the pipe keeps only the newest message.
    var conflates: Bool { shelfBell != nil }

    /// Sets the socket that the pipe belongs to, before it is attached there.
    func belong(to core: SocketCore) { self.core = core }

    /// Attaches the pipe to its socket: to the sending side, which tells the receiving side.
    func attach(to core: SocketCore) {
        belong(to: core)
        core.deliverToSender(Letter(.attach, pipe: self))
    }

    /// Stops the socket from sending here; `farEnd` is told when it has stopped.
    func retire() {
        if let core {
            core.deliverToSender(Letter(.retire, pipe: self))
        } else {
            farEnd?.sendingStopped()
        }
    }

    /// Releases the pipe from its socket, which counts what could not be sent. Called when no
    /// thread writes to the connection any more; `farEnd` is told the count.
    func depart(_ cause: DropCause, cut: Int) {
        if let core {
            core.deliverToSender(Letter(.depart(cause, cut: cut), pipe: self))
        } else {
            farEnd?.departed(unsent: 0)
        }
    }

    /// Messages that the application has sent here and the far end has not taken whole. Exact once
    /// neither end is in use. Read under the send gate.
    var unsentMessages: Int {
        let isOnShelf = conflates ? outlet.reader.pointee.pendingMessages : 0
        return outbound.unacknowledged + isOnShelf + (waitingMessage == nil ? 0 : 1)
    }

    /// Tells the socket that the far end has gone.
    func detach() {
        core?.deliverToSender(Letter(.detach, pipe: self))
    }

    /// Tells the socket which peer is there, after each completed handshake.
    func identify(_ peer: PeerDescription) {
        core?.deliverToSender(Letter(.identify(peer), pipe: self))
    }

    /// Tells a REQ that the connection was lost, and perhaps its request with it.
    func reportLoss() {
        guard let core, core.kind == .request else { return }
        core.deliverToSender(Letter(.connectionLost, pipe: self))
    }
}

extension SocketPipe: StreamConsumer, StreamProducer {
    func streamBecameReadable() {
        guard readable.claim() else { return }
        readable.pipe = self
        core?.deliverToReceiver(readable)
    }

    /// A socket publishes every message it accepts, so there is nothing more to get.
    func streamRanDry() {}

    /// The other socket reads when its application does.
    func streamOffersThread() {}

    func streamGainedRoom() {
        guard room.claim() else { return }
        room.pipe = self
        core?.deliverToSender(room)
    }
}

/// What a socket asks of the other end of a pipe.
protocol PipeFarEnd: AnyObject, Sendable {
    /// A peer has come, for the first time or again: `topics` are all current subscriptions.
    func subscriptionsBegin(_ topics: [Frame])
    /// A subscription of this socket began or ended, after the socket had sent `messages` messages
    /// through this pipe. Never waits, never drops.
    ///
    /// A repetition is about a topic that is subscribed already, or whose subscription may have
    /// ended.
    func subscriptionChanged(
        _ change: SubscriptionMessage,
        isRepetition: Bool,
        after messages: UInt64
    )
    /// Returns the changes that the peer has not been told of; from now on the socket tells them,
    /// after the `messages` messages that it has sent.
    func takeWaitingChanges(after messages: UInt64) -> [SubscriptionMessage]
    /// The socket has sent the changes that it took.
    func waitingChangesSent()
    /// Asks the peer, after all changes so far, whether they are in force.
    func askForConfirmation(_ number: UInt64)
    /// The socket has applied the changes of subscription that the far end brought: there is room
    /// for more. Called under the send gate.
    func subscriptionsTaken()
    /// Answers PINGs with these contexts: the changes that had come before them are applied. Called
    /// under the send gate.
    func answer(_ pings: [[UInt8]])
    /// The high-water mark of the stream that the far end reads from has changed.
    func readingMarkChanged(to mark: Int)
    /// The high-water mark of the stream that the far end writes to has changed.
    func writingMarkChanged(to mark: Int)
    /// The pattern rejected the connection: end it and report the reason.
    func refuse(_ reason: Refusal)
    /// STREAM: ends the connection when everything is written, or when the linger time is over.
    func closeRequested(linger: Linger)
    /// The answer to `retire`: nothing more will be put into the pipe. Called under the send gate.
    func sendingStopped()
    /// The answer to `depart`. Called under the send gate.
    func departed(unsent: Int)
    /// REQ: takes the last message back, if it has not been sent. Does not wait for a thread that
    /// is writing. Called under both gates.
    func withdrawLast() -> Withdrawal
    /// REQ: ends the connection, because a reply to a request that was given up may come through
    /// it, or because it cannot write any more.
    func requestGivenUp()
    /// The pattern has a place for the peer, having been able to refuse it. A ROUTER knows it under
    /// `name`. Called under the send gate.
    func admit(as name: Frame?)
}

/// The result of taking a message back.
enum Withdrawal {
    /// The peer will never receive it whole. The connection cannot write any more.
    case withdrawn
    /// The system has all of it.
    case gone
    /// Another thread is writing at this moment, so it may be either.
    case unknown
}
