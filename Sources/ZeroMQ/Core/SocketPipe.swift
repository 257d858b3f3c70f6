internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The socket's end of a pipe: a stream to the peer, a stream from it, and where they stand.
///
/// The far end is a `SessionPipe` on an event loop or, for inproc, another socket's `SocketPipe`.
final class SocketPipe: @unchecked Sendable {
    // Sendable because every mutable part is guarded by one of the socket's two gates, as noted;
    // `core` is set before the pipe is attached, and nobody rings its bells earlier.

    let outbound: WireStream
    let inbound: WireStream
    /// What the socket itself writes to and reads from: those streams, or the shelves before them.
    private(set) var outlet: WireStream
    private(set) var inlet: WireStream
    private var shelfBell: ShelfBell?
    private(set) var core: SocketCore?

    // Guarded by the send gate.

    /// The other end of the pipe, which the event loop or the other socket keeps alive. Set once.
    weak var farEnd: (any PipeFarEnd)?
    /// Over inproc: what the pipe knows of the other socket. Set once.
    var inproc: InprocEnd?
    /// Messages in the outbound stream that the application has not sent, or that are there twice.
    var surplusMessages = 0
    /// Place in the list of all pipes, or -1.
    var listIndex = -1
    /// Place in the pattern's list of pipes, or -1.
    var sendIndex = -1
    /// The name under which ROUTER, REP and STREAM know the peer.
    var routingID: Frame?
    /// Nothing is sent through the pipe any more. What it holds, and what arrives, is not lost.
    var isRetired = false
    /// The far end has gone for good: what it still says of itself is late.
    var hasLeft = false
    /// PAIR: the pipe has the place of the one peer, and nothing is sent through it before that
    /// peer is there. Set before the pipe is attached.
    var awaitsPeer = false
    /// With how many messages the pipe left that were not sent. Set before the receiving side is
    /// told, which may read it from then on.
    var leftUnsent = 0
    /// STREAM: the application has asked for the connection to be closed.
    var isBeingClosed = false
    /// The peer's number in a publisher's subscription table, or -1.
    var subscriber = -1
    /// What tells the peer from those that had this number, or this pipe, before.
    var peerNumber: UInt64 = 0
    /// XPUB: notices of this peer that the application has not received, where it decides.
    var requestedGrants = 0
    /// The bytes of their topics together.
    var requestedGrantBytes = 0
    /// Conflating: the newest message, for which there was no room yet.
    var waitingMessage: Message? {
        get { shelfBell?.waitingMessage }
        set { shelfBell?.waitingMessage = newValue }
    }

    // Guarded by the receive gate.

    /// How many messages the inbound stream holds, as its reader was told last.
    var inboundMark: Int
    /// Place in the fair queue, or -1.
    var receiveIndex = -1
    /// Who sent what is received next, for those who want to know where a message came from; nil
    /// until a first handshake is complete. And who came after that peer, oldest first.
    var peer: PeerDescription?
    var laterPeers: [PeerDescription] = []
    /// Conflating: who sent the message on the shelf.
    var shelvedSender: PeerDescription? {
        get { shelfBell?.shelvedSender }
        set { shelfBell?.shelvedSender = newValue }
    }
    /// REQ: its request was given up, and what comes through it answers nothing any more.
    var isGivenUp = false
    /// Nothing more will arrive, and the pipe leaves the fair queue once it is empty: its number
    /// among those of which this is so.
    var departure: UInt64?

    /// The name given with ZMQ_CONNECT_ROUTING_ID, which outranks what the peer calls itself.
    var givenRoutingID: Frame? { givenName.map { Frame($0) } }
    /// As bytes, because most pipes have none, and a frame has room for thirty.
    private let givenName: [UInt8]?

    /// Publishers: what the peer behind a connection subscribed to, on its way to the socket.
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
        // Neither end is in use yet.
        inboundMark = inbound.writer.pointee.highWaterMark
        givenName = givenRoutingID.map { Array($0) }
        arrivedChanges = takesSubscriptions ? ArrivedChanges() : nil
        (outlet, inlet) = (outbound, inbound)
    }

    /// Has the pipe keep nothing but the newest message. Called before the pipe is attached.
    func conflate() {
        let bell = ShelfBell()
        outlet = WireStream(highWaterMark: 0, readerRetains: false)
        outlet.consumer = bell
        inlet = WireStream(highWaterMark: 0, readerRetains: false)
        shelfBell = bell
        bell.pipe = self
        // Nothing was put there yet: the first message rings.
        _ = outlet.reader.pointee.sleep()
    }

    /// Messages that the application has sent here.
    var sentCount: Int {
        // What a shelf holds, the application has sent.
        outlet.writer.pointee.sentCount - (conflates ? 0 : surplusMessages)
    }

    /// Whether the pipe keeps nothing but the newest message.
    var conflates: Bool { shelfBell != nil }

    /// Sets the socket that the pipe is for, before it is attached there.
    func belong(to core: SocketCore) { self.core = core }

    /// Hands the pipe to its socket: the sending side, which tells the receiving side.
    func attach(to core: SocketCore) {
        belong(to: core)
        core.deliverToSender(Letter(.attach, pipe: self))
    }

    /// Has the socket send nothing more here; `farEnd` is told when that is so.
    func retire() {
        if let core {
            core.deliverToSender(Letter(.retire, pipe: self))
        } else {
            farEnd?.sendingStopped()
        }
    }

    /// Has the socket let go of the pipe, and count what it could not send. Called when nobody
    /// writes to the connection any more; `farEnd` is told how much it was.
    func depart(_ cause: DropCause, cut: Int) {
        if let core {
            core.deliverToSender(Letter(.depart(cause, cut: cut), pipe: self))
        } else {
            farEnd?.departed(unsent: 0)
        }
    }

    /// Messages that the application has sent here and the far end has not taken whole. Exact once
    /// neither end is in use; asked for under the send gate.
    var unsentMessages: Int {
        let isOnShelf = conflates ? outlet.reader.pointee.pendingMessages : 0
        return outbound.unacknowledged + isOnShelf + (waitingMessage == nil ? 0 : 1)
    }

    /// Tells the socket that the far end has gone.
    func detach() {
        core?.deliverToSender(Letter(.detach, pipe: self))
    }

    /// Tells the socket who is there, after each completed handshake.
    func identify(_ peer: PeerDescription) {
        core?.deliverToSender(Letter(.identify(peer), pipe: self))
    }

    /// Tells a REQ that the connection broke, which may have taken its request along.
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

    /// A socket publishes every message it accepts: nothing can be had now.
    func streamRanDry() {}

    /// Another socket reads when its application does.
    func streamOffersThread() {}

    func streamGainedRoom() {
        guard room.claim() else { return }
        room.pipe = self
        core?.deliverToSender(room)
    }
}

/// What a socket may ask of the other end of a pipe.
protocol PipeFarEnd: AnyObject, Sendable {
    /// A peer is there, for the first time or again: these are all topics subscribed to now.
    func subscriptionsBegin(_ topics: [Frame])
    /// A subscription of this socket began or ended, after it had sent so many messages through
    /// this pipe. Never waits, never drops.
    ///
    /// A repetition was told of a topic whose subscription goes on, or may have ended before.
    func subscriptionChanged(
        _ change: SubscriptionMessage,
        isRepetition: Bool,
        after messages: UInt64
    )
    /// Gives up the changes that the peer has not been told yet: the socket will tell them.
    func takeWaitingChanges() -> [SubscriptionMessage]
    /// The changes of subscription that the far end brought have been taken up: there is room for
    /// more. Called under the send gate.
    func subscriptionsTaken()
    /// The stream that the far end reads from holds so many messages from now on.
    func readingMarkChanged(to mark: Int)
    /// The socket takes so many messages from now on; what the far end writes to holds them.
    func writingMarkChanged(to mark: Int)
    /// The connection was refused by the pattern: end it, and say why.
    func refuse(_ reason: Refusal)
    /// STREAM: the connection ends when everything is written, or when that has taken too long.
    func closeRequested(linger: Linger)
    /// The answer to `retire`: nothing more will be put into the pipe. Called under the send gate.
    func sendingStopped()
    /// The answer to `depart`. Called under the send gate.
    func departed(unsent: Int)
    /// REQ: what was sent last shall not leave, unless it has. Nobody is waited for. Called under
    /// both gates.
    func withdrawLast() -> Withdrawal
    /// REQ: the connection has to go, because a reply may come through it that nobody waits for,
    /// or because it cannot write any more.
    func requestGivenUp()
    /// The pattern has a place for the peer, where it could say no.
    func admit()
}

/// What became of a message that was to be taken back.
enum Withdrawal {
    /// The peer will never have it whole. The connection cannot write any more.
    case withdrawn
    /// The system has all of it.
    case gone
    /// Somebody is writing at this moment: it may be either.
    case unknown
}
