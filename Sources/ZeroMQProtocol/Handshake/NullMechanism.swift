/// The handshake of a connection without security: one READY in each direction.
///
/// Neither side waits for the other's READY before it sends its own.
struct NullMechanism {
    let kind: SocketKind
    let identity: [UInt8]
    let extraProperties: [MetadataProperty]
    let limits: ProtocolLimits

    /// The frame to send as soon as the peer's mechanism has been checked.
    func ready() -> [UInt8] {
        let type = Array(kind.wireName.utf8)
        var properties = [MetadataProperty(name: Metadata.socketType, value: type)]
        if kind.announcesIdentity {
            properties.append(MetadataProperty(name: Metadata.identity, value: identity))
        }
        properties += extraProperties
        return Command.encode("READY", data: Metadata(properties).encoded())
    }

    /// Judges the peer's one command and returns what it tells of the peer.
    func received(
        _ body: UnsafeRawBufferPointer,
        flags: FrameFlags,
        version: ProtocolVersion
    ) throws(ProtocolError) -> PeerInfo {
        guard let command = Command(body) else {
            throw Self.notACommand(flags)
        }
        if command.isNamed("READY") {
            return try peer(from: command.data, version: version)
        }
        if command.isNamed("ERROR") {
            throw Self.refusal(command)
        }
        // libzmq takes every frame of a handshake for a command; a message is named as one here.
        guard flags.contains(.command) else {
            throw Self.notACommand(flags)
        }
        throw ProtocolError(.unexpectedCommand(name: Escaping.text(command.name)))
    }

    private func peer(
        from data: UnsafeRawBufferPointer,
        version: ProtocolVersion
    ) throws(ProtocolError) -> PeerInfo {
        let metadata = try Metadata(parsing: data, limit: limits.properties)
        return PeerInfo(
            version: version,
            kind: try partner(in: metadata),
            identity: Self.usableIdentity(try metadata.single(Metadata.identity)),
            properties: metadata.properties
        )
    }

    private func partner(in metadata: Metadata) throws(ProtocolError) -> SocketKind {
        guard let name = try metadata.single(Metadata.socketType) else {
            throw ProtocolError(.invalidMetadata(.noSocketType))
        }
        guard !name.isEmpty else {
            throw ProtocolError(.invalidMetadata(.emptySocketType))
        }
        guard let theirs = SocketKind(wireName: name), kind.accepts(theirs) else {
            let text = Escaping.text(name, limit: 32)
            throw ProtocolError(.incompatibleSocketType(ours: kind, theirs: text))
        }
        return theirs
    }

    /// The identity a peer chose, or none where it could be mistaken for a generated one.
    ///
    /// Generated identities begin with zero, and none is longer than 255 octets.
    private static func usableIdentity(_ identity: [UInt8]?) -> [UInt8] {
        guard let identity, identity.count <= 255, identity.first != 0 else { return [] }
        return identity
    }

    private static func refusal(_ command: Command) -> ProtocolError {
        var reader = ByteReader(command.data)
        guard let reason = reader.shortString() else {
            return ProtocolError(.malformedCommand(name: "ERROR"))
        }
        return ProtocolError(.refusedByPeer(reason: Escaping.text(reason)))
    }

    private static func notACommand(_ flags: FrameFlags) -> ProtocolError {
        flags.contains(.command)
            ? ProtocolError(.malformedCommand(name: "(unnamed)"))
            : ProtocolError(.unexpectedCommand(name: "a message"))
    }
}
