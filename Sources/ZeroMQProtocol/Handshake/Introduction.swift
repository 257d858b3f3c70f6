/// What each side tells of itself in READY or INITIATE, and what it makes of the other's.
struct Introduction {
    let kind: SocketKind
    let identity: [UInt8]
    let extraProperties: [MetadataProperty]
    let limits: ProtocolLimits

    /// Our property list.
    var bytes: [UInt8] {
        let type = Array(kind.wireName.utf8)
        var properties = [MetadataProperty(name: Metadata.socketType, value: type)]
        if kind.announcesIdentity {
            properties.append(MetadataProperty(name: Metadata.identity, value: identity))
        }
        properties += extraProperties
        return Metadata(properties).encoded()
    }

    /// Judges the peer's property list and returns what it tells of the peer.
    func peer(
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

    /// The same for a property list that came out of a box.
    func peer(
        fromOpened bytes: some Collection<UInt8>,
        version: ProtocolVersion
    ) throws(ProtocolError) -> PeerInfo {
        let verdict = [UInt8](bytes).withUnsafeBytes { bytes in
            Result { () throws(ProtocolError) in try peer(from: bytes, version: version) }
        }
        return try verdict.get()
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
    /// Generated identities begin with zero, and none is longer than 255 bytes.
    private static func usableIdentity(_ identity: [UInt8]?) -> [UInt8] {
        guard let identity, identity.count <= 255, identity.first != 0 else { return [] }
        return identity
    }
}
