import Testing
import ZeroMQ

/// Two types of sockets that go together: every type but STREAM is there, on both sides.
enum Couple: String, CaseIterable, CustomTestStringConvertible {
    case pushAndPull, pullAndPush, publisherAndSubscriber, subscriberAndPublisher
    case xPublisherAndXSubscriber, xSubscriberAndXPublisher, requestAndReply, replyAndRequest
    case dealerAndRouter, routerAndDealer, dealers, routers, pairs

    var testDescription: String { rawValue }

    /// Whether the first one has room for one peer only.
    var isForTwo: Bool { self == .pairs }

    /// The first of the two.
    func first(_ context: Context) -> any Socket {
        switch self {
        case .pushAndPull: PushSocket(context: context)
        case .pullAndPush: PullSocket(context: context)
        case .publisherAndSubscriber: PublisherSocket(context: context)
        case .subscriberAndPublisher: SubscriberSocket(context: context)
        case .xPublisherAndXSubscriber: XPublisherSocket(context: context)
        case .xSubscriberAndXPublisher: XSubscriberSocket(context: context)
        case .requestAndReply: RequestSocket(context: context)
        case .replyAndRequest: ReplySocket(context: context)
        case .dealerAndRouter, .dealers: DealerSocket(context: context)
        case .routerAndDealer, .routers: RouterSocket(context: context)
        case .pairs: PairSocket(context: context)
        }
    }

    /// The second of the two.
    func second(_ context: Context) -> any Socket { partner.first(context) }

    /// The same two the other way round.
    private var partner: Couple {
        switch self {
        case .pushAndPull: .pullAndPush
        case .pullAndPush: .pushAndPull
        case .publisherAndSubscriber: .subscriberAndPublisher
        case .subscriberAndPublisher: .publisherAndSubscriber
        case .xPublisherAndXSubscriber: .xSubscriberAndXPublisher
        case .xSubscriberAndXPublisher: .xPublisherAndXSubscriber
        case .requestAndReply: .replyAndRequest
        case .replyAndRequest: .requestAndReply
        case .dealerAndRouter: .routerAndDealer
        case .routerAndDealer: .dealerAndRouter
        case .dealers, .routers, .pairs: self
        }
    }
}
