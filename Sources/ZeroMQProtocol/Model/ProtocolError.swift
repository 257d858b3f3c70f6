/// What a peer did wrong, or why it is gone.
///
/// All text in it that came from the peer is escaped already.
package struct ProtocolError: Error, Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        /// READY was not in when the time for the whole handshake was up.
        case handshakeTimeout
        /// The first bytes were not those of ZMTP.
        case notZMTP(seen: ForeignProtocol)
        /// The peer speaks a version before 3.0.
        case legacyPeer(ProtocolVersion)
        case mechanismMismatch(ours: String, theirs: String)
        case unexpectedCommand(name: String)
        case malformedCommand(name: String)
        case invalidMetadata(MetadataFault)
        case incompatibleSocketType(ours: SocketKind, theirs: String)
        /// Another live peer has the same identity.
        case duplicateIdentity
        /// Both sides are clients, or both are servers.
        case roleConflict(Role)
        /// The peer sent ERROR, with this text.
        case refusedByPeer(reason: String)
        /// The authenticator said no, with this status code.
        case authenticationRefused(code: String)
        /// A box did not open.
        case cryptographic
        /// A nonce was repeated or went backwards.
        case invalidSequence
        case limitExceeded(Limit)
        /// The peer was silent for too long.
        case heartbeat
        case closedByPeer
    }

    /// The limits of `ProtocolLimits` that end the connection of a peer that exceeds them. Requests
    /// that an XPUB's application has not read count as topics.
    package enum Limit: String, Sendable, Equatable, CaseIterable {
        case handshakeCommand = "bytes in a handshake command"
        case properties = "properties in a handshake command"
        case command = "bytes in a command"
        case topic = "bytes in a topic"
        case topics = "topics of one peer"
        case topicBytes = "bytes in all topics of one peer"
        case parts = "parts of a message"
        case frame = "bytes in a frame"
        case message = "bytes in a message"
    }

    /// A role that both sides of a connection have.
    package enum Role: String, Sendable, Equatable {
        case clients
        case servers
    }

    /// The ways in which a property list can be no property list.
    package enum MetadataFault: String, Sendable, Equatable, CaseIterable {
        case truncated = "a property runs past the end"
        case emptyName = "a property has no name"
        case noSocketType = "there is no Socket-Type"
        case emptySocketType = "the Socket-Type is empty"
        case repeatedProperty = "a property that may occur once is repeated"
    }

    package let reason: Reason

    package init(_ reason: Reason) {
        self.reason = reason
    }
}
