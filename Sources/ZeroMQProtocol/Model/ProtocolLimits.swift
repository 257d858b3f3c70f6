/// How much a peer may ask for before its connection is closed.
///
/// Every limit is judged as early as it can be known: on a frame header, not on a whole frame.
package struct ProtocolLimits: Sendable, Equatable {
    /// Bytes in the body of one handshake command.
    package var handshakeCommand = 65_536
    /// Properties in one handshake command.
    package var properties = 64
    /// Bytes in the body of one command after the handshake, subscriptions excepted.
    package var command = 65_536
    /// Bytes in one topic.
    package var topicBytes = 65_536
    /// Topics that one peer may be subscribed to.
    package var topicsPerPeer = 1_000_000
    /// Bytes in all topics of one peer together.
    package var topicBytesPerPeer = 64 << 20
    /// Requests of one peer that an XPUB's application, which decides about them, has not read.
    package var grantsWaiting = 100_000
    /// Bytes of the topics in those requests together.
    package var grantBytesWaiting = 16 << 20
    /// Parts of one message.
    package var partsPerMessage = 1_000_000
    /// PONGs that may wait to leave for one peer.
    package var pongsWaiting = 4
    /// Bytes in the body of one message frame; nil is unlimited, as in libzmq.
    package var frame: Int?
    /// Bytes in all parts of one message together; nil is unlimited, as in libzmq.
    package var message: Int?

    package init() {}

    /// Limits for networks in which anybody may connect.
    package static var untrustedNetwork: ProtocolLimits {
        var limits = ProtocolLimits()
        limits.frame = 16 << 20
        limits.message = 16 << 20
        return limits
    }

    /// The longest command body worth reading after the handshake.
    ///
    /// Only a subscription may be this long; the session judges the rest by `command`.
    package var longestTrafficCommand: Int {
        let (sum, overflow) = topicBytes.addingReportingOverflow(TrafficCommand.longestPrefix)
        return overflow ? Int.max : max(command, sum)
    }
}
